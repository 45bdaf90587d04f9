/** Evaluates a set as the action does, and prints what it came to. */
import { text } from 'node:stream/consumers';
import { parseInstallable } from '../../src/domain/installable.ts';
import { parseSystem } from '../../src/domain/system.ts';
import { childEnvironment } from '../../src/nix/environment.ts';
import { evaluate } from '../../src/nix/evaluate.ts';
import { readResources } from '../../src/nix/memory.ts';

/** What it is asked; it comes on standard input. */
export interface EvaluateRequest {
  readonly installable: string;
  readonly system: string;
  /** How many processes it may start at a time; null: as many as the machine has cores and memory for. */
  readonly cores: number | null;
}

/** What it prints: one line of JSON. */
export interface EvaluateReport {
  /** Derivations by attribute, in order. */
  readonly drvPaths: readonly (readonly [attribute: string, drvPath: string])[];
  /** Attributes that failed. */
  readonly failed: readonly string[];
}

const request = JSON.parse(await text(process.stdin)) as EvaluateRequest;
const system = parseSystem(request.system);
const { memory } = readResources();
const { attributes } = await evaluate({
  nix: 'nix',
  installables: [parseInstallable(request.installable, 'flake')],
  source: { kind: 'flake' },
  evalArgs: [],
  system,
  systems: [system],
  localStore: 'daemon',
  workingDirectory: process.cwd(),
  temporaryDirectory: '/tmp',
  env: childEnvironment(process.env),
  signal: new AbortController().signal,
  resources: request.cores === null ? undefined : { cores: request.cores, memory },
  onLog: () => undefined,
});
const report: EvaluateReport = {
  drvPaths: attributes.flatMap((each) =>
    each.kind === 'derivation' ? [[each.attribute, each.drvPath] as const] : [],
  ),
  failed: attributes.flatMap(({ kind, attribute }) => (kind === 'failed' ? [attribute] : [])),
};
process.stdout.write(`${JSON.stringify(report)}\n`);

/*
 * Runs inside a host of the lab: evaluates what standard input asks for, with the environment as the step would pass it on.
 */
import { text } from 'node:stream/consumers';

import { ActionError } from '../../src/domain/errors.ts';
import { parseInstallable } from '../../src/domain/installable.ts';
import { parseSystem } from '../../src/domain/system.ts';
import { childEnvironment } from '../../src/nix/environment.ts';
import { evaluate } from '../../src/nix/evaluate.ts';
import type { EvaluatedAttribute } from '../../src/nix/evaluation.ts';
import type { Resources } from '../../src/nix/parallelism.ts';
import type { EvaluationSource } from '../../src/nix/walk-root.ts';

export interface Job {
  readonly installables: readonly string[];
  readonly source: EvaluationSource;
  readonly evalArgs: readonly string[];
  readonly system: string;
  readonly systems: readonly string[];
  readonly nix: string;
  readonly localStore: 'daemon' | 'local';
  /** Milliseconds. */
  readonly cancelAfter: number | null;
  /** See `EvalSetup`. */
  readonly resources?: Resources;
  readonly gain?: number;
}

export interface Answer {
  readonly attributes: readonly SeenAttribute[];
  readonly log: readonly string[];
  /** Derivations in the order in which they were told of. */
  readonly told: readonly string[];
  /** Code of the error that evaluate() threw. */
  readonly thrown: string | null;
}

export interface SeenAttribute {
  readonly kind: EvaluatedAttribute['kind'];
  readonly installable: string;
  readonly attribute: string;
  readonly drvPath?: string;
  readonly system?: string;
  readonly outputs?: Readonly<Record<string, string | null>>;
  readonly wantedOutputs?: readonly string[];
  readonly requiredSystemFeatures?: readonly string[];
  readonly path?: string;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly nixMessage?: string;
  readonly frames?: readonly string[];
}

function seen(attribute: EvaluatedAttribute): SeenAttribute {
  const common = {
    kind: attribute.kind,
    installable: attribute.installable.text,
    attribute: attribute.attribute,
  };
  switch (attribute.kind) {
    case 'store-path':
      return { ...common, path: attribute.path };
    case 'derivation': {
      const { drvPath, system, wantedOutputs, requiredSystemFeatures } = attribute;
      const outputs = [...attribute.outputs].map(([name, path]) => [name, path ?? null]);
      return {
        ...common,
        ...{ drvPath, system, wantedOutputs, requiredSystemFeatures },
        outputs: Object.fromEntries(outputs) as Record<string, string | null>,
      };
    }
    case 'failed': {
      const { error, position, nixError } = attribute;
      return {
        ...common,
        code: error.code,
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        ...(position === undefined
          ? {}
          : { position: `${position.file}:${position.line}:${position.column}` }),
        ...(nixError === undefined
          ? {}
          : { nixMessage: nixError.message, frames: nixError.trace.map((frame) => frame.text) }),
      };
    }
  }
}

async function run(job: Job): Promise<Answer> {
  const log: string[] = [];
  const told: string[] = [];
  const signal =
    job.cancelAfter === null ? new AbortController().signal : AbortSignal.timeout(job.cancelAfter);
  try {
    const { attributes } = await evaluate({
      ...job,
      installables: job.installables.map((each) =>
        parseInstallable(each, job.source.kind === 'flake' ? 'flake' : 'attributes'),
      ),
      system: parseSystem(job.system),
      systems: job.systems.map(parseSystem),
      workingDirectory: process.cwd(),
      temporaryDirectory: '/tmp',
      env: childEnvironment(process.env),
      signal,
      onLog: (line) => log.push(line),
      onDerivation: ({ attribute }) => told.push(attribute),
    });
    return { attributes: attributes.map(seen), log, told, thrown: null };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    return { attributes: [], log: [...log, error.message], told, thrown: error.code };
  }
}

process.stdout.write(JSON.stringify(await run(JSON.parse(await text(process.stdin)) as Job)));

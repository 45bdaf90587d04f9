import type { DrvPath, StorePath } from '../domain/store-path.ts';
import { formatBytes, plural } from '../domain/format.ts';
import type { Assumptions } from './assumptions.ts';
import { exactly, sum, type Estimate } from './estimate.ts';
import type { RemoteEvidence, Step, Wanted } from './evidence.ts';
import { machineFor, realisedHere, type Machine, type Steps } from './builders-work.ts';
import type { Knowledge } from './knowledge.ts';
import { TrafficTable, type Load } from './load.ts';
import { depthOf, outputPaths } from './machines.ts';
import { sourceBytes, uploadBytes } from './remote-store-load.ts';

/** What is valid, and what builders have to do with it, is asked of the local store: one question that is near, and the request. */
const EXCHANGES = 1;

/** What it takes to build with builders, or why they cannot: a part of a sentence. */
export type BuildersLoad =
  | { readonly kind: 'possible'; readonly load: Load }
  | { readonly kind: 'impossible'; readonly why: string };

/**
 * What it takes to have the local store build with remotes as its builders: all that a build needs, down to what is in the local store, has to
 * be made valid here, and sent to the machine if that lacks it; and every output comes back.
 */
export function buildersLoad(
  knowledge: Knowledge,
  wanted: readonly Wanted[],
  assumptions: Assumptions,
): BuildersLoad {
  const { fetched, realised } = realisedHere(knowledge, wanted, assumptions);
  const machines = new Map<DrvPath, Machine>();
  for (const [drvPath, step] of realised) {
    const machine = machineFor(knowledge, step);
    if (machine === undefined)
      return { kind: 'impossible', why: `no machine can build ${drvPath}` };
    machines.set(drvPath, machine);
  }
  const table = new TrafficTable();
  for (const remote of knowledge.evidence.remotes) {
    const mine = new Map([...realised].filter(([drvPath]) => machines.get(drvPath) === remote));
    if (mine.size === 0) continue;
    const up = sentTo(knowledge, remote, { mine, machines, realised }, assumptions);
    if (up.kind === 'impossible') return up;
    table.add(remote.id, { up: up.bytes, down: sum(outputsOf(knowledge, mine, assumptions)) });
  }
  const remotely = new Map([...realised].filter(([drvPath]) => machines.get(drvPath) !== 'local'));
  const load = {
    traffic: table.traffic,
    fetched,
    builds: new Set(
      [...realised].flatMap(([drvPath, step]) =>
        isBuiltAlready(knowledge, step, machines.get(drvPath)) ? [] : [drvPath],
      ),
    ),
    asked: { count: remotely.size, depth: depthOf(remotely.keys(), knowledge.evidence.work) },
    exchanges: EXCHANGES,
  };
  const why = whyTooLarge(knowledge, load);
  return why === undefined ? { kind: 'possible', load } : { kind: 'impossible', why };
}

/** Asked for what it has, a machine answers at once. */
function isBuiltAlready(knowledge: Knowledge, step: Step, machine: Machine | undefined): boolean {
  if (machine === undefined || machine === 'local') return false;
  return [...step.outputs.values()].every((path) => knowledge.isValid(machine, path));
}

interface Assignment {
  readonly mine: Steps;
  readonly machines: ReadonlyMap<DrvPath, Machine>;
  readonly realised: Steps;
}

type Sent =
  | { readonly kind: 'possible'; readonly bytes: Estimate }
  | { readonly kind: 'impossible'; readonly why: string };

/** What a machine lacks of its builds' inputs and cannot fetch. */
function sentTo(
  knowledge: Knowledge,
  remote: RemoteEvidence,
  { mine, machines, realised }: Assignment,
  assumptions: Assumptions,
): Sent {
  const { local, work } = knowledge.evidence;
  const sources = new Set<StorePath>();
  const inputs = new Set<StorePath>();
  const foreign: Estimate[] = [];
  const counted = new Set<DrvPath>();
  for (const step of mine.values()) {
    for (const source of step.inputSrcs) sources.add(source);
    for (const [input, names] of step.inputDrvs) {
      const made = realised.get(input);
      if (made && machines.get(input) === remote) continue;
      const needed = work.derivations.get(input);
      const paths = needed ? outputPaths(needed, names) : [];
      if (made && !counted.has(input)) {
        counted.add(input);
        foreign.push(
          ...paths
            .filter((path) => !knowledge.isValid(remote, path))
            .map((path) => knowledge.size(path, input, assumptions)),
        );
      }
      if (!made) for (const path of paths) if (path !== undefined) inputs.add(path);
    }
  }
  const seen = new Set<StorePath>();
  const sent = knowledge
    .missing(inputs, remote, seen)
    .filter((path) => knowledge.isValid(local, path) && !knowledge.canFetch(remote, path));
  const why = whyRefused(knowledge, remote, sent, foreign.length);
  if (why !== undefined) return { kind: 'impossible', why };
  const files =
    remote.trust === 'untrusted' ? uploadBytes(knowledge, remote, wantedOf(mine)) : ownBytes(mine);
  const known = sourceBytes(knowledge, remote, sources, seen) + files;
  const sizes = sent.map((path) => knowledge.size(path, path, assumptions));
  return { kind: 'possible', bytes: sum([exactly(known), ...sizes, ...foreign]) };
}

/** A machine whose daemon does not trust us takes no unsigned input. */
function whyRefused(
  knowledge: Knowledge,
  { id, trust }: RemoteEvidence,
  sent: readonly StorePath[],
  foreign: number,
): string | undefined {
  if (trust !== 'untrusted') return undefined;
  const unsigned = sent.filter((path) => {
    const facts = knowledge.facts(path);
    return facts && !facts.provesItself && facts.keyNames.length === 0;
  });
  const count = unsigned.length + foreign;
  if (count === 0) return undefined;
  return `${id} does not trust this user, and would have to take ${plural(count, 'unsigned input')}`;
}

/** Nix sends an untrusting machine derivations as they are, with all that they refer to. */
function wantedOf(mine: Steps): readonly Wanted[] {
  return [...mine].map(([key, { outputs }]) => ({ key, outputs, back: true }));
}

function ownBytes(mine: Steps): number {
  return [...mine.values()].reduce((total, { size }) => total + size, 0);
}

function* outputsOf(
  knowledge: Knowledge,
  steps: Steps,
  assumptions: Assumptions,
): Generator<Estimate> {
  const { local } = knowledge.evidence;
  for (const [drvPath, { outputs }] of steps) {
    for (const [name, path] of outputs) {
      if (!knowledge.isValid(local, path))
        yield knowledge.size(path, `${drvPath}!${name}`, assumptions);
    }
  }
}

function whyTooLarge(knowledge: Knowledge, { traffic, fetched }: Load): string | undefined {
  const { freeBytes } = knowledge.evidence.local;
  if (freeBytes === 'unknown') return undefined;
  const comes = sum([fetched, ...[...traffic.values()].map(({ down }) => down)]).expected;
  if (comes <= freeBytes) return undefined;
  const [needed, free] = [formatBytes(comes), formatBytes(freeBytes)];
  return `about ${needed} of inputs and outputs would come to the runner's store, which has ${free} left`;
}

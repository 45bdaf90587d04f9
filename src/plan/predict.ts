import type { DrvPath } from '../domain/store-path.ts';
import { USUAL, type Assumptions } from './assumptions.ts';
import { assumed, exactly, NOTHING, scaled, sum, type Estimate } from './estimate.ts';
import type { Evidence, Link, Mode, RemoteEvidence, RemoteId } from './evidence.ts';
import { formatBytes, plural } from '../domain/format.ts';
import { usualBuildSeconds } from './history.ts';
import type { Knowledge } from './knowledge.ts';
import type { Load } from './load.ts';
import { depthOf } from './machines.ts';

/** What a mode would take, from the end of evaluation on. */
export interface Prediction {
  readonly mode: Mode;
  /**
   * Without what both modes would build, for that takes equally long in both: moving, asking, and what this mode would build besides.
   */
  readonly seconds: Estimate;
  /** Of moving and asking alone, before what earlier runs took corrected it. */
  readonly uncorrected: Estimate;
  /** What of these seconds goes into what. */
  readonly parts: Readonly<Record<'moving' | 'asking' | 'building', Estimate>>;
  /** From the runner to remotes. */
  readonly bytesUp: Estimate;
  /** From remotes to the runner. */
  readonly bytesDown: Estimate;
  /** From caches to the runner, which would not need it in another mode. */
  readonly bytesFetched: Estimate;
  /** Round trips in a row. */
  readonly exchanges: number;
  /** Derivations that are built in this mode, and not in the other. */
  readonly furtherBuilds: number;
  /** What was taken for granted; a part of a sentence each. */
  readonly assumptions: readonly string[];
}

/**
 * What Nix takes for each build that it asks a machine for, measured on 2.34 through our tunnels at 40 ms: one after the other while the
 * machine is chosen, connected to and given inputs, and more until the outputs are back.
 */
const ASKED = { inTurn: 4, inTurnSeconds: 0.03, inARow: 9.5, inARowSeconds: 0.1 } as const;

/** @param other what the other mode would build; undefined where there is no other */
export function predict(
  mode: Mode,
  load: Load,
  other: Load | undefined,
  knowledge: Knowledge,
  { assumptions, correction }: { readonly assumptions: Assumptions; readonly correction: number },
): Prediction {
  const { evidence } = knowledge;
  const further = [...load.builds].filter((drvPath) => other?.builds.has(drvPath) === false);
  const moving = movingSeconds(load, evidence, assumptions);
  const asking = exactly(askingSeconds(load, evidence, assumptions));
  const parts = {
    moving: scaled(moving, correction),
    asking: scaled(asking, correction),
    building: buildingSeconds(further, mode, load, evidence, assumptions),
  };
  const traffic = [...load.traffic.values()];
  return {
    mode,
    seconds: sum(Object.values(parts)),
    uncorrected: sum([moving, asking]),
    parts,
    bytesUp: sum(traffic.map(({ up }) => up)),
    bytesDown: sum(traffic.map(({ down }) => down)),
    bytesFetched: load.fetched,
    exchanges: exchangesOf(load),
    furtherBuilds: further.length,
    assumptions: assumptions.texts(),
  };
}

/** What nothing has to be done for. */
export function nothingToDo(mode: Mode): Prediction {
  const none = exactly(0);
  const parts = { moving: none, asking: none, building: none };
  const bytes = { bytesUp: none, bytesDown: none, bytesFetched: none };
  const times = { seconds: none, uncorrected: none, parts };
  return { mode, ...times, ...bytes, exchanges: 0, furtherBuilds: 0, assumptions: [] };
}

function exchangesOf({ asked, exchanges }: Load): number {
  return exchanges + Math.ceil(Math.max(asked.count * ASKED.inTurn, asked.depth * ASKED.inARow));
}

function askingSeconds(load: Load, { remotes }: Evidence, assumptions: Assumptions): number {
  const { asked, exchanges } = load;
  const busy = remotes.filter(({ id }) => load.traffic.has(id));
  const roundTrip = Math.max(
    0,
    ...busy.map(({ link, id }) => roundTripSeconds(link, id, assumptions)),
  );
  const inTurn = asked.count * (ASKED.inTurn * roundTrip + ASKED.inTurnSeconds);
  const inARow = asked.depth * (ASKED.inARow * roundTrip + ASKED.inARowSeconds);
  return exchanges * roundTrip + Math.max(inTurn, inARow);
}

function roundTripSeconds({ roundTripMs }: Link, id: RemoteId, assumptions: Assumptions): number {
  if (roundTripMs !== 'unknown') return roundTripMs / 1000;
  assumptions.add(`the round trip to ${id} taken as ${USUAL.roundTripMs} ms`);
  return USUAL.roundTripMs / 1000;
}

/** All of it passes the runner's one line, whatever the other ends are capable of. */
function movingSeconds(
  { traffic, fetched }: Load,
  evidence: Evidence,
  assumptions: Assumptions,
): Estimate {
  const lines = evidence.remotes.flatMap(({ id, link }) => {
    const moved = traffic.get(id);
    if (!moved) return [];
    return [
      timeOf(moved.up, link.up, id, assumptions),
      timeOf(moved.down, link.down, id, assumptions),
    ];
  });
  return sum([...lines, timeOf(fetched, 'unknown', 'caches', assumptions)]);
}

/** Seconds for bytes; where the rate is a guess, nothing of them is certain. */
function timeOf(
  moved: Estimate,
  rate: Link['up'],
  whose: string,
  assumptions: Assumptions,
): Estimate {
  if (rate !== 'unknown') return scaled(moved, 1 / rate);
  if (moved.expected === 0) return NOTHING;
  assumptions.add(`the line to ${whose} taken as one of ${formatBytes(USUAL.rate)}/s`);
  return assumed(moved.expected / USUAL.rate);
}

/**
 * Nobody knows how long a build takes that was never asked for; there is what builds took in earlier runs. The size of an output says
 * nothing of it that could be relied on.
 */
function buildingSeconds(
  drvPaths: readonly DrvPath[],
  mode: Mode,
  load: Load,
  { history, remotes, work }: Evidence,
  assumptions: Assumptions,
): Estimate {
  if (drvPaths.length === 0) return exactly(0);
  const usual = usualBuildSeconds(history);
  const each = usual ?? USUAL.buildSeconds;
  const whence = usual === undefined ? '' : ', as builds of earlier runs';
  const what = plural(drvPaths.length, 'build');
  assumptions.add(
    `${what} that only ${mode} has to do taken as ${each.toFixed(1)} s each${whence}`,
  );
  const slots = slotsOf(remotes.filter(({ id }) => load.traffic.has(id)));
  const inARow = Math.max(depthOf(drvPaths, work), drvPaths.length / slots);
  return { least: 0, expected: inARow * each, most: 'unbounded' };
}

function slotsOf(remotes: readonly RemoteEvidence[]): number {
  const known = remotes.map(({ slots }) =>
    slots === 'unknown' || slots === 0 ? USUAL.slots : slots,
  );
  return Math.max(
    USUAL.slots,
    known.reduce((total, each) => total + each, 0),
  );
}

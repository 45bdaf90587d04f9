import type { Evidence, Link, RemoteId } from './evidence.ts';
import type { History, PastLink, PastRun } from './history.ts';
import type { Bytes } from './units.ts';

/** What a run has to tell later ones. */
export interface Experience {
  readonly run: PastRun;
  readonly links: ReadonlyMap<RemoteId, PastLink>;
  /** Of outputs that have come to the local store, by name. */
  readonly sizes: ReadonlyMap<string, Bytes>;
}

/** What was found out now, and in its gaps what was found out earlier. */
export function withHistory(evidence: Evidence, history: History): Evidence {
  const remotes = evidence.remotes.map((remote) => ({
    ...remote,
    link: filled(remote.link, history.links.get(remote.id)),
  }));
  return { ...evidence, remotes, history };
}

/** What is kept. A history grows no further, however many runs there were. */
export const MOST = { runs: 20, sizes: 1000 } as const;

/** The history as it is after one more run. */
export function remember(history: History, { run, links, sizes }: Experience): History {
  const all = new Map([...sizes, ...without(history.sizes, sizes)]);
  return {
    runs: [run, ...history.runs].slice(0, MOST.runs),
    links: new Map([
      ...history.links,
      ...[...links].map(([id, link]) => [id, filled(link, history.links.get(id))] as const),
    ]),
    sizes: new Map([...all].slice(0, MOST.sizes)),
  };
}

/** Whether there is anything in it that a later prediction would be nearer for. */
export function tells({ sizes: known }: History, { run, links, sizes }: Experience): boolean {
  const isRate = ({ up, down }: PastLink): boolean => up !== 'unknown' || down !== 'unknown';
  return (
    (run.mode !== 'local' && run.predicted !== undefined) ||
    run.builds.count > 0 ||
    [...sizes].some(([name, size]) => known.get(name) !== size) ||
    [...links.values()].some(isRate)
  );
}

/** What does not show now is as it was. */
function filled(now: Link, past: PastLink | undefined): Link {
  if (!past) return now;
  return {
    roundTripMs: now.roundTripMs === 'unknown' ? past.roundTripMs : now.roundTripMs,
    up: now.up === 'unknown' ? past.up : now.up,
    down: now.down === 'unknown' ? past.down : now.down,
  };
}

function without<K, V>(
  map: ReadonlyMap<K, V>,
  others: ReadonlyMap<K, V>,
): readonly (readonly [K, V])[] {
  return [...map].filter(([key]) => !others.has(key));
}

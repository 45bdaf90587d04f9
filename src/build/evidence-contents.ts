import type { PathInfo } from '../domain/path-info.ts';
import type { StorePath } from '../domain/store-path.ts';
import type { PathFacts, StoreContents } from '../plan/evidence.ts';
import { bytes, type Known } from '../plan/units.ts';
import type { Store } from '../store/store.ts';
import { provesItself } from './copy-inputs.ts';
import type { Deadline } from './evidence-deadline.ts';

/** How many paths are asked about in a request of which the answer counts as a whole: when time is up, the others do. */
const CHUNK = 100;

/** As much of a store as evidence asks. */
export type AskedStore = Pick<Store, 'queryValidPaths' | 'queryPathInfos'>;

/** Which of these paths are valid. Substituters are not asked. One exchange. */
export function askValid(
  store: AskedStore | undefined,
  paths: readonly StorePath[],
  deadline: Deadline,
): Promise<Known<ReadonlySet<StorePath>>> {
  if (!store) return Promise.resolve('unknown');
  return deadline.known(store.queryValidPaths(paths, 'no-substitute'));
}

/** What a store says of valid paths. One exchange, however many; what does not come in time is left out. */
export async function askFacts(
  store: AskedStore,
  paths: readonly StorePath[],
  deadline: Deadline,
): Promise<ReadonlyMap<StorePath, PathFacts>> {
  const chunks: (readonly StorePath[])[] = [];
  for (let start = 0; start < paths.length; start += CHUNK) {
    chunks.push(paths.slice(start, start + CHUNK));
  }
  // All are written at once; answers come in order.
  const answers = await Promise.all(
    chunks.map((chunk) => deadline.known(store.queryPathInfos(chunk))),
  );
  const known = answers.filter((answer) => answer !== 'unknown');
  return new Map(known.flatMap((infos) => [...infos].map(([path, info]) => [path, factsOf(info)])));
}

/** What a store has, of which it was asked before. */
export async function contentsOf(
  store: AskedStore | undefined,
  valid: Known<ReadonlySet<StorePath>>,
  interesting: (path: StorePath) => boolean,
  deadline: Deadline,
): Promise<Known<StoreContents>> {
  if (!store || valid === 'unknown') return 'unknown';
  const paths = [...valid].filter(interesting);
  return { valid, facts: await askFacts(store, paths, deadline) };
}

function factsOf(info: PathInfo): PathFacts {
  return {
    size: bytes(info.narSize),
    references: info.references,
    keyNames: [...new Set(info.signatures.map((signature) => signature.split(':', 1)[0] ?? ''))],
    provesItself: provesItself(info),
  };
}

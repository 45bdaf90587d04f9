import { toError } from '../../domain/errors.ts';
import type { StorePath } from '../../domain/store-path.ts';
import type { TreeDifference } from '../../domain/tree-difference.ts';
import { compareNars } from '../../store/compare-nars.ts';
import type { Store } from '../../store/store.ts';
import type { Connected } from '../site.ts';
import type { Workplace } from '../workplace.ts';

/** Where Nix leaves what a check built otherwise, if it was asked to keep what failed (`checkSuffix`). */
export function checkPath(path: StorePath): string {
  return `${path}.check`;
}

/** Whose outputs can be read. */
interface Readable {
  readonly connected: Pick<Connected, 'session' | 'openSession'>;
}

/** Two trees, one after the other being asked for. */
export type Trees = readonly [AsyncIterable<Buffer>, AsyncIterable<Buffer>];

/**
 * Compares an output with what a check left beside it.
 * @returns undefined where that cannot be read: what a check leaves is no valid path, so a program has to be run for it
 */
export async function compareWithCheck(
  workplace: Workplace,
  path: StorePath,
  signal: AbortSignal,
): Promise<TreeDifference | undefined> {
  const { dump } = workplace.place;
  if (!dump) return undefined;
  return compare(async (opened) => [
    await narOf(await sessionFor(workplace, opened, signal), path),
    await dump(checkPath(path), signal),
  ]);
}

/** Compares the outputs of two places; undefined where one of them cannot be read, or not to its end before the signal fires. */
export async function compareAcross(
  [one, other]: readonly [Readable, Readable],
  [path, otherPath]: readonly [StorePath, StorePath],
  signal: AbortSignal,
): Promise<TreeDifference | undefined> {
  return compare(async (opened) => [
    await narOf(await sessionFor(one, opened, signal), path),
    await narOf(await sessionFor(other, opened, signal), otherPath),
  ]);
}

async function compare(
  open: (opened: DisposableStack) => Promise<Trees>,
): Promise<TreeDifference | undefined> {
  using opened = new DisposableStack();
  try {
    const [first, second] = await open(opened);
    return await compareNars(first, second);
  } catch (error) {
    toError(error); // which files differ is more than Nix tells; that an output differs is known
    return undefined;
  }
}

/** One of its own where that can be had: a NAR that is not read to its end breaks the session. The signal closes it. */
async function sessionFor(
  { connected }: Readable,
  opened: DisposableStack,
  signal: AbortSignal,
): Promise<Store> {
  const session = await connected.openSession?.(signal);
  if (!session) return connected.session;
  const abort = (): void => session.close(toError(signal.reason));
  signal.addEventListener('abort', abort);
  opened.defer(() => {
    signal.removeEventListener('abort', abort);
    session.close();
  });
  if (signal.aborted) abort();
  return session;
}

async function narOf(store: Store, path: StorePath): Promise<AsyncIterable<Buffer>> {
  const info = (await store.queryPathInfos([path])).get(path);
  if (!info) throw new Error(`${path} is not valid any more`);
  const sources = store.nars([info]);
  return (async function* () {
    for await (const { nar } of sources) yield* nar;
  })();
}

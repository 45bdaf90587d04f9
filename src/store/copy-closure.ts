import { ActionError, toError } from '../domain/errors.ts';
import type { PathInfo } from '../domain/path-info.ts';
import type { StorePath } from '../domain/store-path.ts';
import { type ClosureRequest, missingAtFar, missingAtNear, type PathInfos } from './closure.ts';
import { frontier } from './frontier.ts';
import { Interruption } from './interruption.ts';
import { narsOverChannels } from './nar-channels.ts';
import type { NarSource, SignatureCheck, Store } from './store.ts';
import { topologicalOrder } from './topological-order.ts';

/** How far a copy has come. */
export interface CopyProgress {
  readonly paths: number;
  readonly totalPaths: number;
  /** NAR bytes, exactly those handed to the destination. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface CopyRequest extends ClosureRequest {
  readonly from: Store;
  readonly to: Store;
  /** The store that costs no round trips to ask; the local one. */
  readonly near: 'source' | 'destination';
  readonly check: SignatureCheck;
  /**
   * Which of the missing paths are sent; all, unless said. What those refer to must be among them or valid at the destination by then.
   */
  readonly select?: ((missing: PathInfos) => Promise<PathInfos>) | undefined;
  /** What the destination is told of each path: with another signature, for instance. */
  readonly restate?: ((info: PathInfo) => PathInfo) | undefined;
  /** The roots are sent even if they are valid at the destination, and replace what is there: files of theirs may be damaged. */
  readonly repair?: 'roots' | undefined;
  /** More sessions with the source, to read from in turn. */
  readonly channels?: readonly Store[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called once all is asked of the destination: what it is asked from now on, it answers when the copy is there. */
  readonly onQueued?: (() => void) | undefined;
  /** Called at the start and for every chunk. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

/** What was copied, references first. */
export interface CopyResult {
  readonly paths: readonly PathInfo[];
  /** NAR bytes. */
  readonly bytes: number;
}

/**
 * Makes `roots` and all they refer to valid at the destination, sending only what is missing there and selected. Memory is bounded whatever
 * the size of a NAR. Nothing but the closure of the roots is imported, whatever the source says.
 *
 * The session with the destination is closed when the copy fails in mid-stream or is aborted: that is what keeps the path in
 * flight from being registered. Those before it stay.
 *
 * @throws ActionError `path-invalid` if a root is not valid at the source; `nar-hash-mismatch`, `nar-invalid`, `signature-required`,
 *   `disk-full` (which name path or store), `cancelled`, or whatever ends a session.
 */
export async function copyClosure(request: CopyRequest): Promise<CopyResult> {
  const { signal, to, select, restate = asItIs } = request;
  const interruption = new Interruption();
  const stop = (): void => {
    to.close(cancelled(request));
    interruption.raise(cancelled(request)); // the source may be what hangs, and others use its session
  };
  if (signal?.aborted === true) throw cancelled(request);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const finding = request.near === 'source' ? missingAtFar : missingAtNear;
    const copied = new Map<StorePath, PathInfo>();
    for (let before = Infinity; ;) {
      const missing = await interruption.wait(finding(asCopied(request)));
      keepPresent(request, missing);
      const selected = select ? await select(missing) : missing;
      const paths = topologicalOrder(selected).map(restate);
      for (const info of paths) copied.set(info.path, info);
      try {
        await transfer(request, paths);
        return { paths: [...copied.values()], bytes: totalSize(copied.values()) };
      } catch (error) {
        if (!isMisread(error) || missing.size >= before) throw error;
        before = missing.size;
      }
    }
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function asItIs(info: PathInfo): PathInfo {
  return info;
}

/** For a repair the destination is taken for one that lacks the roots. */
function asCopied(request: CopyRequest): ClosureRequest {
  const { repair, roots, to } = request;
  if (!repair) return request;
  const lacking = new Set(roots);
  const queryValidPaths: Store['queryValidPaths'] = async (paths, substitution) => {
    const valid = await to.queryValidPaths(paths, substitution);
    return new Set([...valid].filter((path) => !lacking.has(path)));
  };
  return { ...request, to: { queryValidPaths } };
}

/**
 * What a copy builds upon must not be collected while it is under way: once a path has arrived, the destination keeps it for this session.
 * The answer is not waited for; what would make it an error ends the copy as well.
 */
function keepPresent({ roots, to }: CopyRequest, missing: PathInfos): void {
  to.addTempRoots(frontier(roots, missing)).catch(() => undefined);
}

/**
 * Whether a path became valid by somebody else's doing while it was on its way. Nix before 2.18 leaves the NAR of such a path unread in
 * the stream, and takes its first word for the next path (https://github.com/NixOS/nix/commit/31a6e10fe5). Then the rest goes again.
 */
function isMisread(error: unknown): boolean {
  return (
    error instanceof ActionError &&
    error.code === 'daemon-error' &&
    error.message.includes("'nix-archive-1'")
  );
}

async function transfer(
  { from, to, channels = [], check, repair, onQueued, onProgress }: CopyRequest,
  paths: readonly PathInfo[],
): Promise<void> {
  if (paths.length === 0) {
    onQueued?.();
    return;
  }
  const totalBytes = totalSize(paths);
  const count = { paths: 0, bytes: 0 };
  const report = (): void => onProgress?.({ ...count, totalPaths: paths.length, totalBytes });
  const sources = counted(narsOverChannels([from, ...channels], paths), {
    onBytes(bytes) {
      count.bytes += bytes;
      report();
    },
    onPath() {
      count.paths += 1;
      report();
    },
  });
  report();
  const adding = to.addMultipleToStore(paths.length, sources, check, repair ? 'repair' : 'keep');
  onQueued?.();
  await adding;
}

function totalSize(infos: Iterable<PathInfo>): number {
  return [...infos].reduce((sum, { narSize }) => sum + narSize, 0);
}

interface Counter {
  readonly onBytes: (bytes: number) => void;
  readonly onPath: () => void;
}

async function* counted(
  sources: AsyncIterable<NarSource>,
  counter: Counter,
): AsyncGenerator<NarSource, void, undefined> {
  for await (const { info, nar } of sources) {
    yield { info, nar: countedBytes(nar, counter.onBytes) };
    counter.onPath();
  }
}

/** Not a generator: this stands around every chunk. */
function countedBytes(
  nar: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): AsyncIterable<Buffer> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = nar[Symbol.asyncIterator]();
      return {
        async next() {
          const result = await iterator.next();
          if (result.done !== true) onBytes(result.value.length);
          return result;
        },
      };
    },
  };
}

function cancelled({ from, to, signal }: CopyRequest): ActionError {
  return new ActionError('cancelled', `copying from ${from.label} to ${to.label} was cancelled`, {
    cause: signal?.reason === undefined ? undefined : toError(signal.reason),
  });
}

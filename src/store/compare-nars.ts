import type { FileDifference, TreeDifference } from '../domain/tree-difference.ts';
import { narEntries, type NarEntry } from './nar-entries.ts';

type FileEntry = Extract<NarEntry, { readonly type: 'file' }>;

/** How many differences are listed by default; the others are counted. */
const MOST_LISTED = 100;

/**
 * Lists how two trees differ, reading both of their NARs at the same time: no more than a chunk of each in memory.
 * @throws ActionError `nar-invalid`; whatever the NARs throw
 */
export async function compareNars(
  first: AsyncIterable<Buffer>,
  second: AsyncIterable<Buffer>,
  mostListed = MOST_LISTED,
): Promise<TreeDifference> {
  const one = narEntries(first);
  const other = narEntries(second);
  const files: FileDifference[] = [];
  let more = 0;
  try {
    for await (const difference of differences(one, other)) {
      if (files.length < mostListed) files.push(difference);
      else more += 1;
    }
    return { files, more };
  } finally {
    await Promise.allSettled([one.return(), other.return()]);
  }
}

/** Both come in the same order, so that what one lacks is seen from what follows there. */
async function* differences(
  one: AsyncIterator<NarEntry, void>,
  other: AsyncIterator<NarEntry, void>,
): AsyncGenerator<FileDifference, void, undefined> {
  let [left, right] = await Promise.all([next(one), next(other)]);
  while (left ?? right) {
    const order = compareEntries(left, right);
    if (order < 0 && left) {
      yield { kind: 'only-in-first', file: nameOf(left) };
      left = await next(one);
    } else if (order > 0 && right) {
      yield { kind: 'only-in-second', file: nameOf(right) };
      right = await next(other);
    } else if (left && right) {
      yield* ofOne(left, right);
      [left, right] = await Promise.all([next(one), next(other)]);
    }
  }
}

async function next(entries: AsyncIterator<NarEntry, void>): Promise<NarEntry | undefined> {
  const { value } = await entries.next();
  return value ?? undefined;
}

/** What has ended comes last. */
function compareEntries(one: NarEntry | undefined, other: NarEntry | undefined): number {
  if (!one || !other) return one ? -1 : 1;
  for (const [depth, name] of one.path.entries()) {
    const otherName = other.path[depth];
    if (!otherName) return 1;
    const order = name.compare(otherName);
    if (order !== 0) return order;
  }
  return one.path.length - other.path.length;
}

async function* ofOne(
  one: NarEntry,
  other: NarEntry,
): AsyncGenerator<FileDifference, void, undefined> {
  const file = nameOf(one);
  if (one.type !== other.type) {
    yield { kind: 'type', file };
  } else if (one.type === 'symlink' && other.type === 'symlink') {
    if (!one.target.equals(other.target)) yield { kind: 'target', file };
  } else if (one.type === 'file' && other.type === 'file') {
    if (one.isExecutable !== other.isExecutable) yield { kind: 'executable', file };
    const firstOffset = await firstDifference(one, other);
    if (firstOffset === undefined) return;
    yield { kind: 'contents', file, sizes: [one.size, other.size], firstOffset };
  }
}

/** @returns where two files begin to differ; undefined if they are the same */
async function firstDifference(one: FileEntry, other: FileEntry): Promise<number | undefined> {
  const iterators = [one.contents, other.contents].map((each) => each[Symbol.asyncIterator]());
  let pieces: readonly Buffer[] = [Buffer.alloc(0), Buffer.alloc(0)];
  for (let offset = 0; ;) {
    pieces = await Promise.all(
      pieces.map(async (piece, index) => {
        if (piece.length > 0) return piece;
        const read = await iterators[index]?.next();
        return read?.done === false ? read.value : piece;
      }),
    );
    const [left = Buffer.alloc(0), right = Buffer.alloc(0)] = pieces;
    const length = Math.min(left.length, right.length);
    if (length === 0) return left.length === right.length ? undefined : offset;
    if (!left.subarray(0, length).equals(right.subarray(0, length))) {
      return offset + left.findIndex((byte, index) => byte !== right[index]);
    }
    offset += length;
    pieces = [left.subarray(length), right.subarray(length)];
  }
}

/** A whole tree that only one side has is told by its folder and all in it. */
function nameOf({ path }: NarEntry): string {
  return path.map((name) => name.toString()).join('/');
}

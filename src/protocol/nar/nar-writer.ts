import { paddedLength, WireWriter } from '../wire-writer.ts';
import { NAR_MAGIC } from './nar-format.ts';

/**
 * The bytes of a NAR around the contents of its files. A NAR is {@link narStart}, one node, and nothing more; a node is a file
 * ({@link fileStart}, contents, {@link fileEnd}), a {@link symlink}, or {@link folderStart}, its entries sorted by {@link compareNames}
 * ({@link entryStart}, a node, {@link ENTRY_END}), {@link FOLDER_END}.
 */
export function narStart(): Buffer {
  return new WireWriter().string(NAR_MAGIC).finish();
}

/** What precedes a file's contents, of which exactly `size` bytes must follow. */
export function fileStart(size: number, executable: boolean): Buffer {
  const writer = new WireWriter().string('(').string('type').string('regular');
  if (executable) writer.string('executable').string('');
  return writer.string('contents').u64(size).finish();
}

/** What follows a file's contents. */
export function fileEnd(size: number): Buffer {
  const padding = Buffer.alloc(paddedLength(size) - size);
  return Buffer.concat([padding, new WireWriter().string(')').finish()]);
}

export function symlink(target: Uint8Array): Buffer {
  return new WireWriter()
    .string('(')
    .string('type')
    .string('symlink')
    .string('target')
    .bytes(target)
    .string(')')
    .finish();
}

export function folderStart(): Buffer {
  return new WireWriter().string('(').string('type').string('directory').finish();
}

export function entryStart(name: Uint8Array): Buffer {
  return new WireWriter()
    .string('entry')
    .string('(')
    .string('name')
    .bytes(name)
    .string('node')
    .finish();
}

export const ENTRY_END: Buffer = new WireWriter().string(')').finish();
export const FOLDER_END: Buffer = ENTRY_END;

/** The order of entries: by bytes, whatever the encoding of names. */
export function compareNames(left: Buffer, right: Buffer): number {
  return left.compare(right);
}

import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import { ActionError } from '../domain/errors.ts';
import {
  compareNames,
  ENTRY_END,
  entryStart,
  fileEnd,
  fileStart,
  FOLDER_END,
  folderStart,
  narStart,
  symlink,
} from '../protocol/nar/nar-writer.ts';

const READ_SIZE = 256 * 1024;

const OWNER_EXECUTES = 0o100;
const SLASH = Buffer.from('/');

/**
 * The NAR of a file, folder or symlink of this machine, as it is read: never more than a piece of a file in memory.
 * @throws ActionError `path-invalid` for a socket, device or pipe; `nar-invalid` if a file changes its size meanwhile.
 */
export async function* narOfPath(path: string): AsyncGenerator<Buffer, void, undefined> {
  yield narStart();
  yield* node(Buffer.from(path));
}

/** Paths are bytes: names need not be UTF-8. */
async function* node(path: Buffer): AsyncGenerator<Buffer, void, undefined> {
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) {
    yield symlink(await readlink(path, { encoding: 'buffer' }));
  } else if (stat.isDirectory()) {
    yield* folder(path);
  } else if (stat.isFile()) {
    yield fileStart(stat.size, (stat.mode & OWNER_EXECUTES) !== 0);
    yield* contents(path, stat.size);
    yield fileEnd(stat.size);
  } else {
    throw new ActionError('path-invalid', `${path.toString()} is no file, folder or symlink`);
  }
}

async function* folder(path: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield folderStart();
  const names = await readdir(path, { encoding: 'buffer' });
  for (const name of names.sort(compareNames)) {
    yield entryStart(name);
    yield* node(Buffer.concat([path, SLASH, name]));
    yield ENTRY_END;
  }
  yield FOLDER_END;
}

async function* contents(path: Buffer, size: number): AsyncGenerator<Buffer, void, undefined> {
  await using file = await open(path);
  let left = size;
  for (let piece = await read(file, left); piece.length > 0; piece = await read(file, left)) {
    left -= piece.length;
    yield piece;
  }
  if (left !== 0) {
    throw new ActionError('nar-invalid', `${path.toString()} became shorter while it was read`);
  }
}

async function read(file: FileHandle, limit: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(limit, READ_SIZE));
  const { bytesRead } = await file.read(buffer, 0, buffer.length);
  return buffer.subarray(0, bytesRead);
}

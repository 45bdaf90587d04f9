import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { ActionError, toError } from '../../domain/errors.ts';
import { findProgram } from '../find-program.ts';
import { startProgram, type Ended, type ProgramContext } from './program.ts';

/** A tarball, as releases have it or as it is kept. */
export interface Archive {
  readonly file: string;
  readonly compression: 'xz' | 'zstd';
}

/**
 * Makes sure that a release can be unpacked here.
 * @throws ActionError `install-failed` naming the program that is missing
 */
export async function requireUnpackers({ env }: ProgramContext): Promise<void> {
  for (const [program, name] of [
    ['tar', 'tar'],
    ['xz', 'xz-utils (Alpine, Fedora: xz)'],
  ] as const) {
    if ((await findProgram(program, env['PATH'] ?? '')) !== undefined) continue;
    throw new ActionError(
      'install-failed',
      `cannot install Nix: there is no ${program} on this runner, and releases are packed with it`,
      { hint: `Install the package ${name} in the image, or in an earlier step.` },
    );
  }
}

/**
 * Unpacks into an existing folder.
 * @param copy a file that gets the same as zstd, made on the way; where it cannot be written, it is not there
 * @throws ActionError `install-failed` for a damaged archive, `disk-full`, `cancelled`
 */
export async function unpack(
  archive: Archive,
  folder: string,
  context: ProgramContext,
  copy?: string,
): Promise<void> {
  const failing = new AbortController();
  const source = openArchive(archive, context);
  const tar = startProgram('tar', ['-x', '-f', '-', '-C', folder], context, { stdin: 'pipe' });
  if (tar.stdin) source.stream.pipe(tar.stdin);
  const copying = copy && copyTo(copy, source.stream, failing.signal);
  // Whoever stops would have the others wait for ever.
  const unpacking = tar.ended.then((ended) => {
    if (ended.exitCode === 0) source.stream.resume();
    else failing.abort();
    return ended;
  });
  const reading = source.ended.then((ended) => {
    if (ended.exitCode !== 0) failing.abort();
    return ended;
  });
  failing.signal.addEventListener('abort', () => {
    source.stream.destroy();
    tar.stdin?.destroy();
  });
  try {
    const [unpacked, read] = await Promise.all([unpacking, reading]);
    refuseFailure(archive, unpacked, read);
  } catch (error) {
    failing.abort();
    throw error;
  } finally {
    await copying;
  }
}

interface Source {
  readonly stream: Readable;
  readonly ended: Promise<Ended>;
}

function openArchive({ file, compression }: Archive, context: ProgramContext): Source {
  if (compression === 'xz') {
    const xz = startProgram('xz', ['-d', '-c', '--', file], context, { stdout: 'pipe' });
    if (!xz.stdout) throw new TypeError('xz was started without its pipe');
    return { stream: xz.stdout, ended: xz.ended };
  }
  const stream = zlib.createZstdDecompress();
  const ended = pipeline(createReadStream(file), stream).then(
    () => ({ exitCode: 0, words: '' }),
    (error: unknown) => ({ exitCode: 1, words: toError(error).message }),
  );
  return { stream, ended };
}

/** A file that is not whole is taken away again. */
async function copyTo(file: string, source: Readable, failing: AbortSignal): Promise<void> {
  const zstd = zlib.createZstdCompress();
  source.pipe(zstd);
  try {
    await pipeline(zstd, createWriteStream(file, { mode: 0o600 }), { signal: failing });
    failing.throwIfAborted();
  } catch {
    source.unpipe(zstd);
    await rm(file, { force: true });
  }
}

function refuseFailure({ file }: Archive, unpacked: Ended, read: Ended): void {
  if (unpacked.exitCode === 0 && read.exitCode === 0) return;
  const why = [read, unpacked]
    .map(({ words }) => words)
    .find((words) => words !== '' && !words.includes('Broken pipe'));
  const text = `cannot unpack ${file}: ${why ?? 'it ended too early'}`;
  if (/No space left on device|Disk quota exceeded/.test(unpacked.words)) {
    throw new ActionError('disk-full', text, { hint: 'Nix takes about 500 MB in /nix.' });
  }
  throw new ActionError('install-failed', text, {
    hint: 'The archive is damaged or cut off, or no release of Nix.',
  });
}

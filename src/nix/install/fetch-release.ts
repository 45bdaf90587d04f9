import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { ActionError } from '../../domain/errors.ts';
import { download, downloadFailure, type ToolCache } from './downloads.ts';
import { hashUrl, shownUrl, type Release } from './release.ts';

/** What the tool cache calls a release: one from elsewhere is never taken for Nix's own, nor one for another of a known SHA-256. */
export function toolName({ isOfficial, url, sha256 }: Release): string {
  if (isOfficial && sha256 === undefined) return 'nix';
  const what = sha256 === undefined ? url : `${url}#sha256=${sha256}`;
  return `nix-${createHash('sha256').update(what).digest('hex').slice(0, 12)}`;
}

/**
 * Gets a release's tarball, and checks its SHA-256: the pinned one, or that which is told beside it.
 * @param folder for what is downloaded
 * @returns its path
 * @throws ActionError `download-failed`, `checksum-mismatch`, `disk-full`, `cancelled`
 */
export async function fetchRelease(
  release: Release,
  tools: ToolCache,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  const { url, name } = release;
  const isLocal = url.startsWith('file:');
  const file = isLocal ? fileURLToPath(url) : path.join(folder, `${name}.tar.xz`);
  const [expected] = await Promise.all([
    release.sha256 ?? hashBeside(url, tools),
    isLocal ? undefined : download(tools, url, file, signal),
  ]);
  try {
    await requireHash(file, expected, shownUrl(url), signal);
    return file;
  } catch (error) {
    if (!isLocal) await rm(file, { force: true });
    throw downloadFailure(url, error);
  }
}

/**
 * @param expected lower-case hexadecimal
 * @param name of the file, for people
 * @throws ActionError `checksum-mismatch`
 */
export async function requireHash(
  file: string,
  expected: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const actual = await sha256OfFile(file, signal);
  if (actual === expected) return;
  throw new ActionError(
    'checksum-mismatch',
    `${name} is not what it should be: its SHA-256 is ${actual}, expected is ${expected}`,
    {
      hint: 'It was damaged or cut off on its way, or exchanged. Run the job again; if that does not help, trust neither.',
    },
  );
}

async function hashBeside(url: string, tools: ToolCache): Promise<string> {
  const beside = hashUrl(url);
  const reading = beside.startsWith('file:')
    ? readFile(fileURLToPath(beside), 'utf8')
    : tools.read(beside);
  const text = await reading.catch((error: unknown) => {
    throw downloadFailure(beside, error);
  });
  const [hash] = /^[\da-f]{64}\b/i.exec(text.trim()) ?? [];
  if (hash !== undefined) return hash.toLowerCase();
  throw new ActionError('download-failed', `${shownUrl(beside)} holds no SHA-256`, {
    hint: 'It should begin with 64 hexadecimal digits, as sha256sum prints them. Or write #sha256=… after nix-install-url.',
  });
}

/** Lower-case hexadecimal. */
export async function sha256OfFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}

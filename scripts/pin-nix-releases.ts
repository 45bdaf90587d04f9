/**
 * Writes the SHA-256 of release tarballs of Nix into src/nix/install/release-hashes.ts, beside those that are there: what was downloaded
 * and what the file beside it says have to agree. Versions are arguments; without any, the one that is installed by default.
 * `--from URL`, `--to FILE` and `--system SYSTEM` are for tests. Run by the workflow pin-nix-releases.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseSystem } from '../src/domain/system.ts';
import {
  DEFAULT_NIX_VERSION,
  hashUrl,
  INSTALLABLE,
  parseInstallSource,
  parseReleaseVersion,
  releaseOf,
} from '../src/nix/install/release.ts';

/** Milliseconds for one download. */
const LIMIT = 300_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    system: { type: 'string', multiple: true },
  },
});
const source = values.from === undefined ? undefined : parseInstallSource(values.from);
const file = values.to ?? path.resolve(import.meta.dirname, '../src/nix/install/release-hashes.ts');
const versions = positionals.length === 0 ? [DEFAULT_NIX_VERSION] : positionals;

const before = await readFile(file, 'utf8');
const hashes = new Map([...before.matchAll(/'(nix-[\w.-]+)':\s*'(\w{64})'/g)].map(entryOf));
for (const version of versions.map(parseReleaseVersion)) {
  for (const system of values.system ?? INSTALLABLE) {
    const { name, url } = releaseOf(version, parseSystem(system), source);
    hashes.set(name, await hashOf(url));
  }
}
await writeFile(file, before.replace(/= \{[^}]*\};/, `= ${literal(hashes)};`));

function entryOf([, name = '', hash = '']: RegExpExecArray): [string, string] {
  return [name, hash];
}

async function hashOf(url: string): Promise<string> {
  const [tarball, told] = await Promise.all([get(url), get(hashUrl(url))]);
  const hash = createHash('sha256').update(tarball).digest('hex');
  if (told.toString().trim().slice(0, 64).toLowerCase() === hash) return hash;
  throw new Error(`${url} has SHA-256 ${hash}, and the file beside it says ${told.toString()}`);
}

async function get(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT) });
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

function literal(all: ReadonlyMap<string, string>): string {
  const lines = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{\n${lines.map(([name, hash]) => `  '${name}':\n    '${hash}',\n`).join('')}}`;
}

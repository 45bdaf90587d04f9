import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Messages that are not ours but Nix's or the system's. */
const FOREIGN = new Set([
  'No space left on device',
  "Cannot build '…'",
  'because it lacks a signature by a trusted key',
  'you are not privileged to build input-addressed derivations',
]);

async function sourceText(): Promise<string> {
  const files = await readdir(path.join(ROOT, 'src'), { recursive: true });
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFile(path.join(ROOT, 'src', file), 'utf8'));
  // Long messages are put together from several literals, with quotes escaped.
  return (await Promise.all(texts))
    .join('\n')
    .replaceAll(/['`] \+\s+[`']/g, '')
    .replaceAll('\\', '');
}

test('every message that docs/troubleshooting.md explains is one that the source can print', async () => {
  const document = await readFile(path.join(ROOT, 'docs/troubleshooting.md'), 'utf8');
  const headings = [...document.matchAll(/^### `(.+)`/gm)].map((match) => match[1] ?? '');
  expect(headings.length).toBeGreaterThan(20);
  const source = await sourceText();
  const unknown = headings
    .filter((heading) => !FOREIGN.has(heading))
    .filter((heading) => !heading.split('…').every((part) => source.includes(part.trim())));
  expect(unknown).toEqual([]);
});

test('every code in it exists', async () => {
  const document = await readFile(path.join(ROOT, 'docs/troubleshooting.md'), 'utf8');
  const errors = await readFile(path.join(ROOT, 'src/domain/errors.ts'), 'utf8');
  const codes = [...document.matchAll(/^### .*\[([a-z-]+)\]$/gm)].map((match) => match[1] ?? '');
  expect(codes.filter((code) => !errors.includes(`'${code}'`))).toEqual([]);
});

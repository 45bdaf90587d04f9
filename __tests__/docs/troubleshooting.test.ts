import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/diagnose/catalogue.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const page = (): Promise<string> => readFile(path.join(ROOT, 'docs/troubleshooting.md'), 'utf8');

test('docs/troubleshooting.md has an entry for every cause, with the message that people see', async () => {
  const headings = new Set(
    [...(await page()).matchAll(/^### `(.+?)`(?: \[|$)/gm)].map(([, each]) => each),
  );
  expect(CATALOGUE.map(({ message }) => message).filter((each) => !headings.has(each))).toEqual([]);
});

test('every link to a test in it leads to a file', async () => {
  const links = [...(await page()).matchAll(/\]\(\.\.\/(__tests__\/[^)]+)\)/g)];
  expect(links.length).toBeGreaterThan(60);
  for (const [, file = ''] of links) {
    await expect(readFile(path.join(ROOT, file), 'utf8')).resolves.not.toBe('');
  }
});

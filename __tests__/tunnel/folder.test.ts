import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeTunnelFolder, removeTunnelFolder } from '../../src/tunnel/folder.ts';

let temp: string;

beforeAll(() => {
  temp = mkdtempSync(path.join(tmpdir(), 'folder-test-'));
});

afterAll(() => rmSync(temp, { recursive: true }));

it('makes a folder that nobody else may enter', async () => {
  const folder = await makeTunnelFolder(temp);
  expect(path.dirname(folder)).toBe(temp);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await removeTunnelFolder(folder);
  expect(statSync(folder, { throwIfNoEntry: false })).toBeUndefined();
});

it.each(['a b', "it's", 'a;b', '$HOME', 'a%20b', 'a#b', 'ä', 'x'.repeat(60)])(
  'goes below /tmp where the preferred folder is called %s',
  async (name) => {
    const preferred = path.join(temp, name);
    mkdirSync(preferred);
    const folder = await makeTunnelFolder(preferred);
    expect(path.dirname(folder)).toBe('/tmp');
    await removeTunnelFolder(folder);
  },
);

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseBuilders } from '../../src/domain/builders.ts';
import { machineName, parseMachineSystem, type Machine } from '../../src/domain/machine.ts';

const README = path.resolve(import.meta.dirname, '../../README.md');

/** The values of `builders` in the README's workflows, as GitHub would hand them over. */
async function examples(): Promise<readonly string[]> {
  const readme = await readFile(README, 'utf8');
  const blocks = [...readme.matchAll(/^ +builders: \|\n(?: {12}.*\n)+/gm)];
  return blocks.map(([block]) => (parse(block) as { readonly builders: string }).builders);
}

function machinesOf(text: string): readonly Machine[] {
  return parseBuilders(text, {
    defaultSystems: [parseMachineSystem('x86_64-linux')],
    readFile: () => undefined,
  });
}

test('the README writes the same machines in both formats', async () => {
  const [lines = [], yaml, ...others] = (await examples()).map(machinesOf);
  expect(lines.map(machineName)).toEqual([
    'ssh-ng://ci@builder.example.org',
    'ssh-ng://ci@arm.example.org:2222',
  ]);
  expect(lines.map(({ maxJobs }) => maxJobs)).toEqual([8, 4]);
  expect(yaml).toEqual(lines);
  expect(others).toEqual([]);
});

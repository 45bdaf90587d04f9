import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseSystem } from '../../src/domain/system.ts';
import { walkAll } from '../../src/nix/walk-all.ts';

/** Where every process dies: at an attribute, or on its way to the one that it starts at. */
interface Deaths {
  readonly at?: string;
  readonly onTheWayTo?: string;
}

/** From this run on nothing dies any more, so that a test of what would go on for ever ends. */
const ENOUGH = 12;

/**
 * Stands in for `nix eval`, to be killed where a real one is for some microseconds only. It says what our program has Nix say of a set of
 * `a`, `b` and `c`, and SIGKILL ends it where DEATHS has it.
 */
const PROGRAM = `#!${process.execPath}
import fs from 'node:fs';
const { at, onTheWayTo } = JSON.parse(process.env.DEATHS);
fs.appendFileSync(process.env.RUNS, 'run\\n');
const isOver = fs.readFileSync(process.env.RUNS, 'utf8').split('run').length > ${ENOUGH};
const program = process.argv.at(-1).replaceAll('\\\\"', '"');
const [, nonce] = /"nonce":"([^"]*)"/.exec(program);
const [, from] = /"from":\\[(?:"([^"]*)")?\\]/.exec(program);
const say = (event) => fs.writeSync(2, 'trace: ' + nonce + JSON.stringify(event) + '\\n');
const die = () => {
  if (isOver) return;
  process.kill(process.pid, 'SIGKILL');
  for (;;);
};
const begin = (path) => say({ event: 'begin', id: 0, path, position: null });
const derivation = { kind: 'derivation', drvPath: '/nix/store/x.drv', outputs: {} };
begin(null);
say({ event: 'found', id: 0, attrPath: ['checks'] });
if (from === undefined) {
  begin([]);
  say({ event: 'done', id: 0, path: [], kind: 'set', recurse: false });
  say({ event: 'names', id: 0, path: [], names: ['a', 'b', 'c'] });
} else if (onTheWayTo === from) die();
for (const name of ['a', 'b', 'c'].filter((each) => each >= (from ?? ''))) {
  begin([name]);
  if (at === name) die();
  say({ event: 'done', id: 0, path: [name], ...derivation });
}
say({ event: 'end' });
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'crew-'));
  await writeFile(path.join(folder, 'nix'), PROGRAM);
  await chmod(path.join(folder, 'nix'), 0o755);
});

afterEach(() => rm(folder, { recursive: true }));

/** Walks; what became of each attribute, and how many processes that took. */
async function walk(deaths: Deaths) {
  const runs = path.join(folder, 'runs');
  const log: string[] = [];
  const { report, stop } = await walkAll(
    {
      nix: path.join(folder, 'nix'),
      evalArgs: [],
      localStore: 'local',
      workingDirectory: folder,
      env: { DEATHS: JSON.stringify(deaths), RUNS: runs },
      signal: new AbortController().signal,
      resources: { cores: 1, memory: 2 ** 40 },
      onLog: (text) => void log.push(text),
    },
    {
      root: { args: [], autoCall: false, autoArguments: new Map(), requirePure: false },
      systems: [parseSystem('x86_64-linux')],
      items: [{ id: 0, base: [], candidates: [['checks']] }],
    },
  );
  expect({ stop, log }).toEqual({ stop: undefined, log: [] });
  const became = report
    .item(0)
    .entries.map((entry) => [
      entry.path.join('.'),
      entry.kind === 'failed' ? entry.error?.message : entry.kind,
    ]);
  const count = (await readFile(runs, 'utf8')).trim().split('\n').length;
  return { became, count };
}

const KILLED = 'nix was ended by SIGKILL, most likely for lack of memory';

it('an attribute at which every process is killed fails, and no other', async () => {
  expect(await walk({ at: 'b' })).toEqual({
    became: [
      ['a', 'derivation'],
      ['b', KILLED],
      ['c', 'derivation'],
    ],
    count: 3,
  });
});

it('an attribute that is tried again and not even got to fails, and is not tried for ever', async () => {
  expect(await walk({ at: 'c', onTheWayTo: 'c' })).toEqual({
    became: [
      ['a', 'derivation'],
      ['b', 'derivation'],
      ['c', KILLED],
    ],
    count: 2,
  });
});

it('what two processes in a row were killed on the way to fails, and is not started for ever', async () => {
  expect(await walk({ at: 'b', onTheWayTo: 'c' })).toEqual({
    became: [
      ['a', 'derivation'],
      ['b', KILLED],
      ['c', KILLED],
    ],
    count: 3,
  });
});

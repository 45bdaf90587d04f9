import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  makeKey,
  recipes,
  startBuilder,
  startNixHost,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { runScenario, type Ran } from '../helpers/scenario.ts';

let builder: Builder;
let runner: NixHost;
let readme: string;

beforeAll(async () => {
  [builder, runner, readme] = await Promise.all([
    startBuilder(),
    startNixHost({ name: 'runner', nix: 'user-owned' }),
    readFile(path.resolve(import.meta.dirname, '../../README.md'), 'utf8'),
  ]);
});

afterAll(async () => {
  await Promise.all([builder.stop(), runner.stop()]);
});

/** The options before the key in the README's lines of authorized_keys. */
function keyOptions(): readonly string[] {
  return [...readme.matchAll(/(restrict\S*(?: [^'`\n]*?)?) ssh-ed25519 AAAA…/g)].map(
    (match) => match[1] ?? '',
  );
}

async function runWithKey(options: string, attributes: Attributes): Promise<Ran> {
  const key = await makeKey(builder);
  await builder.authorize('ci', key.publicKey, options);
  return await runScenario({
    builder,
    runner,
    attributes,
    inputs: { 'ssh-key': key.privateKey, 'copy-outputs': 'true', 'keep-going': 'true' },
  });
}

test('the README has two lines for authorized_keys: the recommended one, and the least', () => {
  expect(keyOptions()).toEqual([
    'restrict,port-forwarding,permitopen="localhost:1",permitlisten="localhost:1"',
    'restrict,command="nix-daemon --stdio"',
  ]);
});

test('with the recommended line everything works, options included', async () => {
  const ran = await runWithKey(keyOptions()[0] ?? '', {
    broken: recipes.failing('broken'),
    later: recipes.script('later', 'sleep 1; echo later > $out'),
  });
  // Only with keep-going does the later one end well.
  expect(ran.statuses, ran.log).toEqual({ broken: 'failed', later: 'built' });
  expect(ran.log).not.toContain('::warning::');
});

test('with the least line it builds and copies back, and says which option could not be passed on', async () => {
  const ran = await runWithKey(keyOptions()[1] ?? '', {
    least: recipes.script('least', 'echo hello > $out'),
  });
  expect(ran.results[0], ran.log).toMatchObject({ status: 'built', copied: true });
  expect(ran.log).toMatch(/::warning::keep-going: .* cannot be told/);
});

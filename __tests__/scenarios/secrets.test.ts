import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeKey,
  recipes,
  startBuilder,
  startNixHost,
  type Attributes,
  type Builder,
  type KeyPair,
  type NixHost,
} from '../../lab/index.ts';
import { EnvironmentWatch } from '../helpers/environment-watch.ts';
import { finishScenario, outputPath, prepareScenario, type Ran } from '../helpers/scenario.ts';
import { filesWith, partsOf } from '../helpers/secret-search.ts';

const PASSPHRASE = 'correct-horse-battery-staple';

/** An impure evaluation that asks for the secrets, and one that has something built meanwhile. */
function attributes(salt: string): Attributes {
  const asked = ['INPUT_SSH-KEY', 'INPUT_SSH-KEY-PASSPHRASE'].map(
    (name) => `[\${builtins.getEnv "${name}"}]`,
  );
  const source = `shWith "${salt}-source" { } ''sleep 1; echo '"echo > $out"' > $out''`;
  return {
    asked: `sh "${salt}-asked" ''echo "${asked.join('')}" > $out''`,
    imported: `sh "${salt}-imported" (import (${source}))`,
    bad: recipes.failing(`${salt}-bad`),
  };
}

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder();
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

const KEYS: readonly [text: string, passphrase: string | undefined][] = [
  ['a key without passphrase', undefined],
  ['a key with passphrase', PASSPHRASE],
];

describe.each(KEYS)('%s', (_, passphrase) => {
  let key: KeyPair;
  let parts: readonly string[];
  let watch: EnvironmentWatch;
  let ran: Ran;

  beforeAll(async () => {
    key = await makeKey(builder, { passphrase });
    parts = [...partsOf(key.privateKey), ...(passphrase === undefined ? [] : [passphrase])];
    await builder.authorize('ci', key.publicKey);
    const prepared = await prepareScenario({
      builder,
      runner,
      attributes: attributes(passphrase === undefined ? 'plain' : 'encrypted'),
      inputs: {
        'ssh-key': key.privateKey,
        'ssh-key-passphrase': passphrase ?? '',
        'eval-args': '--impure',
        'copy-outputs': 'true',
        'keep-going': 'true',
      },
    });
    watch = EnvironmentWatch.start(runner);
    ran = await finishScenario(prepared);
    await watch.stop();
  });

  it('works, and impure evaluation does not see it', async () => {
    expect(ran.statuses, ran.log).toEqual({ asked: 'built', bad: 'failed', imported: 'built' });
    expect(await runner.read(outputPath(ran, 'asked'))).toBe('[][]\n');
  });

  it('is in the environment and the arguments of no child', () => {
    // Those that were there to be seen: evaluation, and what it started.
    expect(watch.programs).toEqual(expect.arrayContaining(['nix', 'nix-daemon']));
    for (const text of watch.texts) {
      for (const part of parts) expect(text.includes(part)).toBe(false);
      expect(text).not.toMatch(/INPUT_SSH-KEY/i);
    }
  });

  it('is nowhere on the runner’s disk', async () => {
    expect(parts.length).toBeGreaterThan(3);
    await runner.write('/var/tmp', { planted: `x${key.privateKey}` });
    expect(await filesWith(runner, parts)).toEqual(['/var/tmp/planted']);
    await runner.output(['rm', '/var/tmp/planted']);
  });

  it('is in no log and no output', () => {
    const texts = [ran.log, ran.summary, ...ran.outputs.values()];
    for (const part of parts) expect(texts.filter((text) => text.includes(part))).toEqual([]);
  });
});

it('a passphrase that is wrong is not told', async () => {
  const key = await makeKey(builder, { passphrase: PASSPHRASE });
  const wrong = 'wrong-horse-battery-staple';
  const prepared = await prepareScenario({
    builder,
    runner,
    attributes: { good: recipes.file('good', 1) },
    inputs: { 'ssh-key': key.privateKey, 'ssh-key-passphrase': wrong },
  });
  const ran = await finishScenario(prepared);
  expect(ran.code).toBe(1);
  expect(ran.log).toContain('passphrase');
  for (const part of [...partsOf(key.privateKey), wrong]) expect(ran.log).not.toContain(part);
  expect(await filesWith(runner, [...partsOf(key.privateKey), wrong])).toEqual([]);
});

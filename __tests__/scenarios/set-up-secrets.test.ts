import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeKey,
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type KeyPair,
  type NixHost,
} from '../../lab/index.ts';
import type { StepResult } from '../../lab/step.ts';
import { EnvironmentWatch } from '../helpers/environment-watch.ts';
import { offloadProcess } from '../helpers/offload-process.ts';
import { setUpOffload, type Offload } from '../helpers/offload.ts';
import { filesWith, partsOf } from '../helpers/secret-search.ts';

const PASSPHRASE = 'correct-horse-battery-staple';

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

describe.each(KEYS)('%s, set up for later steps', (_, passphrase) => {
  let parts: readonly string[];
  let key: KeyPair;
  let offload: Offload;
  let watch: EnvironmentWatch;

  beforeAll(async () => {
    key = await makeKey(builder, { passphrase });
    parts = [...partsOf(key.privateKey), ...(passphrase === undefined ? [] : [passphrase])];
    await builder.authorize('ci', key.publicKey);
    watch = EnvironmentWatch.start(runner);
    offload = await setUpOffload({
      builder,
      runner,
      inputs: { 'ssh-key': key.privateKey, 'ssh-key-passphrase': passphrase ?? '' },
    });
    const name = passphrase === undefined ? 'plain' : 'encrypted';
    await offload.writeFlake({
      [name]: recipes.script(name, 'sleep 1; echo > $out'),
      failing: recipes.failing(`${name}-failing`),
    });
    await offload.output(['nix', 'build', `path:.#${name}`]);
    await offload.run(['nix', 'build', 'path:.#failing']);
    await watch.stop();
  });

  afterAll(async () => {
    await offload.stop();
  });

  it('is in no process’s environment or arguments', async () => {
    // The one that holds it, a later step's, and what serves the local store.
    expect(watch.programs).toEqual(expect.arrayContaining(['node', 'nix', 'nix-daemon']));
    const { pid } = await offloadProcess(runner);
    const environment = await readFile(runner.path(`/proc/${pid}/environ`), 'utf8');
    expect(environment).toContain('NIX_REMOTE_BUILD_STEP=');
    for (const text of [...watch.texts, environment]) {
      for (const part of parts) expect(text.includes(part)).toBe(false);
      expect(text).not.toMatch(/INPUT_|SSH-KEY/i);
    }
  });

  it('is nowhere on the runner’s disk', async () => {
    expect(parts.length).toBeGreaterThan(3);
    await runner.write('/var/tmp', { planted: `x${key.privateKey}` });
    expect(await filesWith(runner, parts)).toEqual(['/var/tmp/planted']);
    await runner.output(['rm', '/var/tmp/planted']);
  });

  it('waits in no pipe, and can be read from no open file of the process that holds it', async () => {
    const { pid } = await offloadProcess(runner);
    const files = await runner.output([
      'sh',
      '-c',
      `ls -l /proc/${pid}/fd/ | sed -n 's/.* -> //p'`,
    ]);
    // Its input is closed: what is a file of the disk is its log.
    expect(
      files.split('\n').filter((file) => file.startsWith('/') && !file.startsWith('/dev/')),
    ).toEqual([expect.stringMatching(/\/offload\.log$/)]);
  });

  it('is in nothing that a step prints or leaves', async () => {
    const post = await offload.stop();
    const left = ({ log, summary, outputs, environment }: StepResult): readonly string[] => [
      ...[log, summary],
      ...[...outputs.values(), ...environment.values()],
    ];
    const texts = [...left(offload.main), ...left(post)].join('\n');
    for (const part of parts) expect(texts.includes(part)).toBe(false);
  });
});

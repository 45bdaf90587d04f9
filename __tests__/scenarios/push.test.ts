import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeSigningKey,
  recipes,
  startBuilder,
  startNixHost,
  until,
  UploadCache,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { lastName, runScenario, type Ran } from '../helpers/scenario.ts';
import { filesWith } from '../helpers/secret-search.ts';
import { freePort } from '../helpers/sshd.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

const KEY = makeSigningKey('push-1');
/** What nothing but the secret key holds. */
const SECRET = KEY.secretKey.slice(12, 40);
const CACHE = '/home/owner/cache';
/** Outputs of one derivation: as many paths, in one build. */
const OUTPUTS = Array.from({ length: 300 }, (_, index) => `part${index}`);

const pushedOf = ({ results }: Pick<Ran, 'results'>) =>
  Object.fromEntries(results.map(({ attribute, pushed }) => [lastName(attribute), pushed]));

/** Copies a closure into a store of its own with a stock Nix that trusts one key. */
async function readBack(
  runner: NixHost,
  url: string,
  paths: readonly string[],
  publicKey = KEY.publicKey,
) {
  const store = `/home/owner/store-${Math.random().toString(36).slice(2)}`;
  const flags = '--extra-experimental-features nix-command';
  const trust = `--option trusted-public-keys ${publicKey}`;
  return runner.run(
    [
      'sh',
      '-c',
      `nix copy ${flags} ${trust} --from '${url}' --to ${store} ${paths.join(' ')} && ls ${store}/nix/store | wc -l`,
    ],
    { user: 'owner' },
  );
}

describe.each(TESTED_SUITES)('push-to on Nix of %s', (suite) => {
  let builder: Builder;
  let target: Builder;
  let gates: Gates;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder({ suite, maxJobs: 4, nixConf: [SHOW_GATES] });
    gates = await Gates.make(builder);
    // Its user is nobody whom it trusts: it takes what is signed.
    const nixConf = [`trusted-public-keys = ${KEY.publicKey}`];
    target = await startBuilder({ suite, name: 'target', nixConf });
    runner = await startNixHost({ name: 'runner', nix: 'user-owned', suite });
  });

  afterAll(async () => {
    await Promise.all([runner.stop(), target.stop(), builder.stop()]);
  });

  const targetUri = (): string => `ssh-ng://ci@127.0.0.1:${target.port}`;
  const logins = () => ({
    'ssh-key': [builder, target].map(({ key }) => key.privateKey).join('\n'),
    'known-hosts': [builder, target].map((each) => each.knownHosts(each.port)).join('\n'),
    'signing-key': KEY.secretKey,
  });

  it('signs 300 paths on their way to all kinds of stores; the key is nowhere', async () => {
    await using cache = await UploadCache.start();
    const attributes = { many: recipes.multipleOutputs('many', OUTPUTS) };
    const stores = [cache.url, `file://${CACHE}`, targetUri()];
    const inputs = {
      ...logins(),
      installables: 'path:.#many^*',
      'push-to': stores.join('\n'),
    };
    const ran = await runScenario({ builder, runner, attributes, inputs });
    expect(ran.statuses, ran.log).toEqual({ many: 'built' });
    expect(ran.code, ran.log).toBe(0);
    expect(pushedOf(ran)['many']).toEqual(Object.fromEntries(stores.map((each) => [each, true])));
    for (const store of stores) expect(ran.log).toContain(`✓ pushed 1 attribute to ${store}`);
    expect(ran.summary).toContain('pushed to');

    const paths = Object.values(ran.results[0]?.outputs ?? {});
    expect(paths).toHaveLength(OUTPUTS.length);
    for (const url of [cache.url, `file://${CACHE}`]) {
      const { code, stdout, stderr } = await readBack(runner, url, paths);
      expect([code, stdout.trim()], stderr).toEqual([0, String(OUTPUTS.length)]);
      const other = await readBack(runner, url, paths, makeSigningKey('other-1').publicKey);
      expect(other.code).not.toBe(0);
    }
    const flags = ['--extra-experimental-features', 'nix-command', '--sigs-needed', '1'];
    const verify = ['nix', 'store', 'verify', ...flags, '--no-contents', ...paths];
    const { code, stderr } = await target.run(verify);
    expect(code, stderr).toBe(0);
    expect(
      (await cache.requests()).filter((line) => /^PUT .*narinfo 201$/.test(line)),
    ).toHaveLength(OUTPUTS.length);

    // What a target has is not sent again.
    const before = (await cache.requests()).length;
    const { workspace } = ran;
    const again = await runScenario({ builder, runner, workspace, inputs });
    expect([again.code, again.statuses], again.log).toEqual([0, { many: 'cached' }]);
    const later = (await cache.requests()).slice(before);
    expect(later.filter((line) => line.startsWith('PUT'))).toEqual([]);

    for (const { log, summary } of [ran, again]) {
      const shown = log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
      expect(shown.join('\n')).not.toContain(SECRET);
      expect(log).toContain(`::add-mask::${KEY.secretKey}`);
      expect(summary).not.toContain(SECRET);
    }
    for (const host of [runner, builder, target])
      expect(await filesWith(host, [SECRET])).toEqual([]);
  });

  // Nix 2.8 and 2.26 tell that a wanted build has stopped when the whole request has ended: they keep its goal, and its activity, until then.
  if (suite === 'sid')
    it('pushes what is built while others build, and only what is asked for', async () => {
      await using cache = await UploadCache.start();
      const live = await LiveStep.start({
        builder,
        runner,
        attributes: { quick: recipes.file('quick', 10), late: gated('late') },
        inputs: { ...logins(), 'push-to': `${cache.url} quick`, 'signing-key': '' },
      });
      await gates.running(['late']);
      const isThere = async (): Promise<boolean> =>
        (await readdir(cache.root)).some((name) => name.endsWith('.narinfo'));
      await until(20_000, 'the push of quick', isThere);
      await gates.open('late');
      const ended = await live.ended();
      expect(ended.statuses, ended.log).toEqual({ quick: 'built', late: 'built' });
      expect(pushedOf(ended)).toEqual({ quick: { [cache.url]: true }, late: undefined });
      expect((await readdir(cache.root)).filter((name) => name.endsWith('.narinfo'))).toHaveLength(
        1,
      );
    });

  it('refuses a signing key that is none before anything else, and does not show it', async () => {
    const text = `push-1:${'c2VjcmV0'.repeat(4)}`;
    const inputs = { 'push-to': `file://${CACHE}`, 'signing-key': text };
    const ran = await runScenario({ builder, runner, inputs });
    expect(ran.code).toBe(1);
    expect(ran.log).toContain("Input 'signing-key': holds 24 bytes, an ed25519 secret key has 64");
    const shown = ran.log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    expect(shown.join('\n')).not.toContain('c2VjcmV0');
    expect(ran.log).not.toContain('connected to');
  });

  it('a store that is down fails the step at its end, and no build; a warning where that is enough', async () => {
    const down = `ssh-ng://ci@127.0.0.1:${await freePort()}`;
    const address = `127.0.0.1:${await freePort()}/x?compression=zstd`;
    const dead = `http://${address}`;
    const inputs = {
      ...logins(),
      'extra-nix-config': 'download-attempts = 1',
      'push-to': `${down}\nhttp://token-of-user:hunter2@${address}\n${targetUri()}`,
      'known-hosts': `${logins()['known-hosts']}\n${builder.knownHosts(Number(down.split(':')[2]))}`,
    };
    const attributes = { steady: recipes.file('steady', 77) };
    const ran = await runScenario({ builder, runner, attributes, inputs });
    expect(ran.statuses, ran.log).toEqual({ steady: 'built' });
    expect(ran.code).toBe(1);
    expect(ran.outputs.get('failed')).toBe('[]');
    expect(pushedOf(ran)['steady']).toEqual({ [down]: false, [dead]: false, [targetUri()]: true });
    expect(ran.log).toContain(`✗ 1 of 1 attribute not pushed to ${dead}: `);
    expect(ran.log).toContain('::add-mask::hunter2');
    const shown = ran.log.split('\n').filter((line) => !line.startsWith('::add-mask::'));
    for (const text of [...shown, ran.summary]) expect(text).not.toMatch(/hunter2|token-of-user/);

    const { workspace } = ran;
    const lenient = { ...inputs, 'push-required': 'false' };
    const again = await runScenario({ builder, runner, workspace, inputs: lenient });
    expect(again.code, again.log).toBe(0);
    expect(again.log).toContain(`::warning::1 of 1 attribute not pushed to ${down}: `);
  });
});

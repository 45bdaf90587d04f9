import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BinaryCache,
  makeSigningKey,
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { buildHere, buildUsing, expectUsed, signHere } from '../helpers/copy-inputs.ts';
import { runToFailure } from '../helpers/failed-step.ts';

const KEY = makeSigningKey('lab-runner-1');
const UNKNOWN_KEY = makeSigningKey('lab-stranger-1');
const BYTES = 10_000_000;

describe('an input that only the runner has, neither a derivation nor content-addressed', () => {
  let cache: BinaryCache;
  let builder: Builder;
  let runner: NixHost;
  let label: string;

  beforeAll(async () => {
    cache = await BinaryCache.start();
    builder = await startBuilder({
      substituters: [cache.url],
      trustedPublicKeys: [cache.publicKey, KEY.publicKey],
    });
    runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
    label = `ssh-ng://ci@127.0.0.1:${builder.port}`;
  });

  afterAll(async () => {
    await Promise.all([builder.stop(), runner.stop(), cache.stop()]);
  });

  it('is sent to a remote that trusts the user', async () => {
    const paths = { uses: await buildHere(runner, 'for-trusted') };
    const ran = await buildUsing({ builder, runner, login: 'trusted', salt: 'trusted', paths });
    await expectUsed({ builder, runner }, ran, paths);
  });

  it('is refused before anything is sent where the user is not trusted, and another attribute is built', async () => {
    const paths = {
      one: await buildHere(runner, 'unsigned-one'),
      two: await buildHere(runner, 'unsigned-two'),
    };
    const before = await builder.allPaths();
    const ran = await buildUsing({ builder, runner, login: 'ci', salt: 'unsigned', paths });
    expect(ran.statuses, ran.log).toEqual({
      all: 'failed',
      one: 'failed',
      plain: 'built',
      two: 'failed',
    });
    expect(ran.code).toBe(1);
    const errors = new Map(ran.results.map(({ attribute, error }) => [attribute, error]));
    expect(errors.get('packages.x86_64-linux.one')).toEqual({
      code: 'signature-required',
      message:
        `copy-inputs: ${label} lacks ${paths.one}, cannot substitute it, and does not take it from user 'ci', ` +
        'whom it does not trust: it has no signature',
      hint:
        `Either add the line 'trusted-users = root ci' to nix.conf on ${label}, or sign it here with ` +
        `'nix store sign --recursive --key-file KEY ${paths.one}' and add KEY's public half to 'trusted-public-keys' there, ` +
        'or put it into a substituter of that store.',
    });
    expect(errors.get('packages.x86_64-linux.all')?.message).toContain(' (and 1 more), ');
    const added = (await builder.allPaths()).filter((path) => !before.includes(path));
    expect(added.filter((path) => /-unsigned-(?:one|two|all)/.test(path))).toEqual([]);
  });

  it('is taken from an untrusted user if a trusted key signed it; if another did, only what needs it fails', async () => {
    const paths = {
      trusted: await buildHere(runner, 'signed'),
      strange: await buildHere(runner, 'signed-by-a-stranger'),
      stranger: await buildHere(runner, 'signed-by-a-stranger-too'),
    };
    await signHere(runner, paths.trusted, KEY.secretKey);
    await signHere(runner, paths.strange, UNKNOWN_KEY.secretKey);
    await signHere(runner, paths.stranger, UNKNOWN_KEY.secretKey);
    const ran = await buildUsing({ builder, runner, login: 'ci', salt: 'signatures', paths });
    expect(ran.statuses, ran.log).toEqual({
      all: 'failed',
      plain: 'built',
      strange: 'failed',
      stranger: 'failed',
      trusted: 'built',
    });
    const { error } = ran.results.find(({ attribute }) => attribute.endsWith('.strange')) ?? {};
    expect(error?.message).toBe(
      `copy-inputs: ${label} lacks ${paths.strange}, cannot substitute it, and does not take it from user 'ci', ` +
        'whom it does not trust: it has no signature by a key trusted there',
    );
  });

  it('is substituted and not sent where that is possible, even with copy-inputs: never', async () => {
    const attributes = { big: recipes.file('published', BYTES) };
    const [published] = Object.values(await cache.publish(attributes));
    const paths = { uses: await buildHere(runner, 'big', attributes) };
    expect(paths.uses).toBe(published);
    const ran = await buildUsing({
      builder,
      runner,
      login: 'ci',
      salt: 'substituted',
      paths,
      inputs: { 'copy-inputs': 'never' },
    });
    await expectUsed({ builder, runner }, ran, paths);
    expect(cache.bytesServed).toBeGreaterThan(BYTES);
    expect(Number(ran.outputs.get('bytes-uploaded'))).toBeLessThan(BYTES / 2);
  });

  it('is not sent with copy-inputs: never, not even to a remote that trusts the user', async () => {
    const paths = { uses: await buildHere(runner, 'not-to-be-sent') };
    const ran = await buildUsing({
      builder,
      runner,
      login: 'trusted',
      salt: 'never',
      paths,
      inputs: { 'copy-inputs': 'never' },
    });
    expect(ran.statuses, ran.log).toEqual({ all: 'failed', plain: 'built', uses: 'failed' });
    expect(ran.results.find(({ attribute }) => attribute.endsWith('.uses'))?.error).toEqual({
      code: 'path-invalid',
      message:
        `copy-inputs is 'never', but ssh-ng://trusted@127.0.0.1:${builder.port} lacks ${paths.uses} ` +
        'and cannot substitute it',
      hint: 'Set copy-inputs: auto to have it sent, or put it into a substituter of that store.',
    });
    expect(await builder.validPaths([paths.uses])).toEqual(new Set());
  });

  it('is sent to anybody’s remote that requires no signatures', async () => {
    await using lax = await startBuilder({ nixConf: ['require-sigs = false'] });
    const paths = { uses: await buildHere(runner, 'for-lax') };
    const ran = await buildUsing({ builder: lax, runner, login: 'ci', salt: 'lax', paths });
    await expectUsed({ builder: lax, runner }, ran, paths);
  });

  it('refuses other words by name', async () => {
    const failed = await runToFailure({ builder, runner, inputs: { 'copy-inputs': 'always' } });
    expect(failed.errors).toEqual([
      "Input 'copy-inputs': 'always' is not valid. Allowed: auto, never.",
    ]);
  });
});

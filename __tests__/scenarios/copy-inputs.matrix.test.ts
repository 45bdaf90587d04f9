import { describe, expect, it } from 'vitest';
import {
  BinaryCache,
  makeSigningKey,
  recipes,
  startBuilder,
  startNixHost,
  SUITES,
} from '../../lab/index.ts';
import { buildHere, buildUsing, expectUsed, signHere } from '../helpers/copy-inputs.ts';

/** Below protocol 1.35 the daemon does not say whom it trusts, and refuses a path only when it has it. */
describe.each(SUITES)('to the Nix of %s, an input that only the runner has', (suite) => {
  it('is sent where it will be taken, substituted where it can be, and refused otherwise', async () => {
    const key = makeSigningKey('lab-runner-1');
    await using cache = await BinaryCache.start();
    const trustedPublicKeys = [cache.publicKey, key.publicKey];
    await using builder = await startBuilder({
      suite,
      substituters: [cache.url],
      trustedPublicKeys,
    });
    await using runner = await startNixHost({ suite, name: 'runner', nix: 'user-owned' });
    const hosts = { builder, runner };
    const build = (login: 'ci' | 'forced' | 'trusted', name: string, path: string) =>
      buildUsing({ ...hosts, login, salt: `${name}-${login}`, paths: { uses: path } });

    const unsigned = await buildHere(runner, 'unsigned');
    for (const login of ['ci', 'forced'] as const) {
      const refused = await build(login, 'unsigned', unsigned);
      const { all, plain, uses } = refused.statuses;
      expect({ all, plain, uses }, refused.log).toEqual({
        all: 'failed',
        plain: 'built',
        uses: 'failed',
      });
      const errors = refused.results.flatMap(({ error }) => error ?? []);
      expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['signature-required']));
      for (const { message } of errors) {
        expect(message).toContain(`lacks ${unsigned}, cannot substitute it, and`);
        expect(message).toContain(
          `from user '${login}', whom it does not trust: it has no signature`,
        );
      }
      expect(await builder.validPaths([unsigned])).toEqual(new Set());
    }
    await expectUsed(hosts, await build('trusted', 'unsigned', unsigned), { uses: unsigned });

    const signed = await buildHere(runner, 'signed');
    await signHere(runner, signed, key.secretKey);
    await expectUsed(hosts, await build('ci', 'signed', signed), { uses: signed });

    const attributes = { published: recipes.file('published', 1_000_000) };
    await cache.publish(attributes);
    const published = await buildHere(runner, 'published', attributes);
    const substituted = await build('forced', 'published', published);
    await expectUsed(hosts, substituted, { uses: published });
    expect(cache.bytesServed).toBeGreaterThan(1_000_000);
  });
});

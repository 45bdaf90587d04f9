import { describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { lastName, outputPath, runScenario, type Ran } from '../helpers/scenario.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

/** Another `random` from its 11th byte on, and a file of another name, in every build. */
const CHANGING = recipes.script(
  'changing',
  'mkdir -p $out/share; echo same > $out/share/same; ' +
    '{ printf 0123456789; head -c 90 /dev/urandom; } > $out/share/random; ' +
    'set -- $(head -c 8 /dev/urandom | md5sum); touch $out/only-$1',
);

const ATTRIBUTES = { steady: recipes.file('steady', 1000), changing: CHANGING };

function entry({ results }: Ran, name: string) {
  const found = results.find(({ attribute }) => lastName(attribute) === name);
  if (!found) throw new Error(`no ${name} in the results`);
  return found;
}

const contents = {
  kind: 'contents',
  file: 'share/random',
  sizes: [100, 100],
  firstOffset: expect.toSatisfy((offset: number) => offset >= 10 && offset < 30) as number,
};

describe.each(TESTED_SUITES)('rebuild: true on Nix of %s', (suite) => {
  it('builds again what was built and what was there, and names what differs [built-twice]', async () => {
    await using builder = await startBuilder({ suite });
    await using runner = await startNixHost({ name: 'runner', nix: 'user-owned', suite });
    const inputs = { rebuild: 'true' };
    const first = await runScenario({ builder, runner, attributes: ATTRIBUTES, inputs });
    expect(first.statuses, first.log).toEqual({ steady: 'built', changing: 'not-deterministic' });
    expect(first.code).toBe(1);
    const { workspace } = first;
    const again = await runScenario({ builder, runner, workspace, inputs });
    expect(again.statuses).toEqual({ steady: 'cached', changing: 'not-deterministic' });
    for (const ran of [first, again]) {
      const path = outputPath(ran, 'changing');
      const { differences, error } = entry(ran, 'changing');
      expect(error, ran.log).toMatchObject({ code: 'not-deterministic' });
      expect(differences, ran.log).toHaveLength(1);
      expect(differences?.[0]).toMatchObject({
        output: path,
        places: [expect.stringContaining(path), expect.stringContaining(`${path}.check on ssh-ng`)],
      });
      const files = differences?.[0]?.files ?? [];
      expect(files.find(({ kind }) => kind === 'contents')).toEqual(contents);
      expect(files.map(({ kind }) => kind).toSorted()).toEqual([
        'contents',
        'only-in-first',
        'only-in-second',
      ]);
      expect(ran.log).toContain('share/random: 100 B and 100 B, from byte 1');
      expect(ran.summary).toContain('came out in two ways');
      expect((await builder.run(['ls', `${path}.check/share/same`])).code).toBe(0);
    }
    expect(again.log).toContain('1 of 2 came out the same');
  });
});

describe('with two stores', () => {
  async function both(
    act: (builders: readonly [Builder, Builder], runner: NixHost) => Promise<void>,
  ): Promise<void> {
    await using one = await startBuilder({ name: 'one' });
    await using other = await startBuilder({ name: 'other' });
    await using runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
    await act([one, other], runner);
  }

  it('each builds what the other has; those that agree are good, the others are named', async () => {
    await both(async (builders, runner) => {
      const inputs = {
        store: builders.map(({ port }) => `ssh-ng://ci@127.0.0.1:${port}`).join('\n'),
        'ssh-key': builders.map(({ key }) => key.privateKey).join('\n'),
        'known-hosts': builders.map((each) => each.knownHosts(each.port)).join('\n'),
        rebuild: 'true',
      };
      const [builder] = builders;
      const ran = await runScenario({ builder, runner, attributes: ATTRIBUTES, inputs });
      expect(ran.statuses, ran.log).toEqual({ steady: 'built', changing: 'not-deterministic' });
      const path = outputPath(ran, 'changing');
      const [difference] = entry(ran, 'changing').differences ?? [];
      expect(new Set(difference?.places)).toEqual(
        new Set(builders.map(({ port }) => `${path} on ssh-ng://ci@127.0.0.1:${port}`)),
      );
      expect(difference?.files).toContainEqual(contents);
      // Both have both: each was built once in each store, and no check was left.
      for (const each of builders) {
        for (const name of ['steady', 'changing']) {
          expect((await each.run(['ls', outputPath(ran, name)])).code).toBe(0);
        }
        expect((await each.run(['ls', `${path}.check`])).code).not.toBe(0);
      }
    });
  });
});

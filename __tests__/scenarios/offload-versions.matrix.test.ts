import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBuilder, startNixHost, SUITES, type Builder, type NixHost } from '../../lab/index.ts';
import {
  PLACE_CONF,
  COMMANDS,
  observe,
  pathsOf,
  PLACE,
  writePlace,
  type Observed,
  type Side,
} from '../helpers/offload-commands.ts';
import { setUpOffload, type Offload } from '../helpers/offload.ts';

describe.each(SUITES)('on a runner with the Nix of %s', (suite) => {
  let plain: Side & AsyncDisposable;
  const expected = new Map<string, Observed>();

  beforeAll(async () => {
    plain = await startPlain();
    for (const command of COMMANDS) expected.set(command.name, await observe(plain, command));
  });

  afterAll(() => plain[Symbol.asyncDispose]());

  /** A runner that builds by itself. */
  async function startPlain(): Promise<Side & AsyncDisposable> {
    const host = await startNixHost({ suite, name: 'plain', nixConf: PLACE_CONF });
    await writePlace(host);
    return {
      host,
      run: (argv) => host.run(argv, { user: 'trusted', cwd: PLACE.work }),
      [Symbol.asyncDispose]: () => host.stop(),
    };
  }

  describe.each(SUITES)('through the socket, to a builder with that of %s', (to) => {
    let builder: Builder;
    let runner: NixHost;
    let offload: Offload;
    let side: Side;

    beforeAll(async () => {
      builder = await startBuilder({ suite: to, nixConf: PLACE_CONF });
      runner = await startNixHost({ suite, name: 'runner', nixConf: PLACE_CONF });
      await writePlace(runner);
      offload = await setUpOffload({ builder, runner, user: 'trusted', workspace: PLACE.work });
      side = { host: runner, run: (argv) => offload.run(argv) };
    });

    afterAll(async () => {
      await offload[Symbol.asyncDispose]();
      await Promise.all([runner.stop(), builder.stop()]);
    });

    it.each(COMMANDS.map((command) => [command.name, command] as const))(
      '%s is as without it',
      async (_, command) => {
        const without = expected.get(command.name);
        expect(without?.code === 0 ? 'well' : 'badly').toBe(command.ends);
        const observed = await observe(side, command);
        // A builder of another version says the same in other words.
        const same = suite === to ? without : { ...without, error: observed.error };
        expect(observed).toEqual(same);
        expect(observed.error === undefined).toBe(without?.error === undefined);
      },
    );

    it('builds on the builder alone, and copies what is asked for and nothing else', async () => {
      const wanted = await pathsOf(side, ['top', 'many', 'second', 'good', 'random']);
      const inputs = await pathsOf(side, ['input', 'first']);
      const all = [...wanted, ...inputs];
      expect(await builder.validPaths(all)).toEqual(new Set(all));
      expect(await runner.validPaths(all)).toEqual(new Set(wanted));
      expect(await hashes(runner, wanted)).toEqual(await hashes(builder, wanted));
    });

    it('nix store gc keeps what is linked and collects what is not, as without it', async () => {
      const survivors = await survivorsOfGarbageCollection(side);
      expect(survivors).toEqual(await survivorsOfGarbageCollection(plain));
      expect(survivors).toEqual(['linked']);
    });
  });
});

/** What NAR hash each path is registered with. */
async function hashes(host: NixHost, paths: readonly string[]): Promise<string> {
  return await host.output(['nix-store', '--store', 'local', '--query', '--hash', ...paths]);
}

/** Builds one output with a link, one whose link is removed and one without; which of them are there after a garbage collection. */
async function survivorsOfGarbageCollection(side: Side): Promise<readonly string[]> {
  const names = ['linked', 'unlinked', 'good'];
  const flake = (name: string) => `path:${PLACE.flake}#${name}`;
  await side.run(['nix', 'build', '-o', 'kept', flake('linked')]);
  await side.run(['nix', 'build', '-o', 'removed', flake('unlinked')]);
  await side.run(['rm', 'removed']);
  await side.run(['nix', 'build', '--no-link', flake('good')]);
  const paths = await pathsOf(side, names);
  expect(await side.host.validPaths(paths)).toEqual(new Set(paths));
  const { code } = await side.run(['nix', 'store', 'gc']);
  expect(code).toBe(0);
  const valid = await side.host.validPaths(paths);
  return names.filter((_, index) => valid.has(paths[index] ?? ''));
}

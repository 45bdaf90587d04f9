import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
  type Suite,
} from '../../lab/index.ts';
import { COMMANDS, type SameCommand } from './offload-commands.ts';
import { flake, pathsOf, PLACE, PLACE_CONF, writePlace, type Side } from './offload-place.ts';
import { setUpOffload, type Offload } from './offload.ts';

/** Tests that on a runner of this suite every command does through the socket what it does without, whichever builder there is. */
export function describeSameAsWithout(suite: Suite, builders: readonly Suite[]): void {
  describe(`on a runner with the Nix of ${suite}`, () => {
    let plain: Plain;

    beforeAll(async () => {
      plain = await startPlain(suite);
    });

    afterAll(() => plain.host.stop());

    describe.each(builders)('through the socket, to a builder with that of %s', (builder) => {
      describeThroughSocket(suite, builder, () => plain);
    });
  });
}

/** A runner that builds by itself, and what came of it. */
interface Plain extends Side {
  readonly observed: ReadonlyMap<SameCommand, Observed>;
}

async function startPlain(suite: Suite): Promise<Plain> {
  const host = await startNixHost({ suite, name: 'plain', nixConf: PLACE_CONF });
  await writePlace(host);
  const run: Side['run'] = (argv) => host.run(argv, { user: 'trusted', cwd: PLACE.work });
  const observed = new Map<SameCommand, Observed>();
  for (const command of COMMANDS) observed.set(command, await observe({ host, run }, command));
  return { host, run, observed };
}

function describeThroughSocket(suite: Suite, to: Suite, plain: () => Plain): void {
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
      const without = plain().observed.get(command);
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
    expect(survivors).toEqual(await survivorsOfGarbageCollection(plain()));
    expect(survivors).toEqual(['linked']);
  });
}

/** What is compared. */
interface Observed {
  readonly code: number | undefined;
  readonly stdout: unknown;
  /** Every link below the folder it ran in, and what it leads to. */
  readonly links: Readonly<Record<string, string>>;
  /** Nix's own words: from the first line that begins with `error:`. */
  readonly error: string | undefined;
}

/** Runs one of the commands, in a folder without links. */
async function observe(side: Side, command: SameCommand): Promise<Observed> {
  await side.run(['find', '.', '-type', 'l', '-delete']);
  const { code, stdout, stderr } = await side.run(command.argv(side.host.root.suite));
  return {
    code,
    stdout: command.read && code === 0 ? command.read(stdout) : stdout,
    links: await linksIn(side.host, PLACE.work),
    error: /^error:[^]*/m.exec(stderr)?.[0],
  };
}

async function linksIn(host: NixHost, folder: string): Promise<Record<string, string>> {
  const entries = await readdir(host.path(folder), { withFileTypes: true });
  const links = entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
  const targets = links.toSorted().map(async (name) => {
    return [name, await readlink(path.join(host.path(folder), name))] as const;
  });
  return Object.fromEntries(await Promise.all(targets));
}

/** What NAR hash each path is registered with. */
async function hashes(host: NixHost, paths: readonly string[]): Promise<string> {
  return await host.output(['nix-store', '--store', 'local', '--query', '--hash', ...paths]);
}

/** Builds one output with a link, one whose link is removed and one without; which of them are there after a garbage collection. */
async function survivorsOfGarbageCollection(side: Side): Promise<readonly string[]> {
  const names = ['linked', 'unlinked', 'good'];
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

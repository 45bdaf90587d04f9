import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Link,
  recipes,
  startBuilder,
  startNixHost,
  within,
  writeFlake,
  USERS,
  type Attributes,
  type Builder,
  type Finished,
  type HostProcess,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { waitUntil } from '../helpers/wait-until.ts';
import { SERVE, TunnelProcess, WORKER } from './tunnel-process.ts';

const FILE_BYTES = 50_000_000;

let builder: Builder;

beforeAll(async () => {
  builder = await startBuilder();
});

afterAll(() => builder.stop());

/** A runner, who works there, and commands of his. */
class Place implements AsyncDisposable {
  readonly runner: NixHost;
  readonly user: UserName;
  readonly flake: string;

  constructor(runner: NixHost, user: UserName) {
    this.runner = runner;
    this.user = user;
    this.flake = `${USERS[user].home}/flake`;
  }

  run(...argv: readonly string[]): Promise<Finished> {
    return this.runner.run(argv, { user: this.user });
  }

  output(...argv: readonly string[]): Promise<string> {
    return this.runner.output(argv, { user: this.user });
  }

  spawn(...argv: readonly string[]): HostProcess {
    return this.runner.spawn(argv, { user: this.user });
  }

  async write(attributes: Attributes): Promise<void> {
    await writeFlake(this.runner, this.flake, attributes, this.user);
  }

  /** The command that builds an attribute, and nothing of it on the runner. */
  build(name: string, tunnel: TunnelProcess): readonly string[] {
    const builders = ['--max-jobs', '0', '--builders', `${tunnel.storeUri} - - 4`];
    return ['nix', 'build', '--no-link', '-L', ...builders, `path:${this.flake}#${name}`];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runner.stop();
  }
}

describe.each(TESTED_SUITES)("Nix of Debian's %s", (suite) => {
  describe.each([
    ['with a daemon that trusts its user', 'daemon', 'trusted'],
    ['without a daemon', 'user-owned', 'owner'],
  ] as const)('%s', (_name, nix, user) => {
    let place: Place;

    beforeAll(async () => {
      place = new Place(await startNixHost({ suite, nix }), user);
    });

    afterAll(() => place[Symbol.asyncDispose]());

    describe.each([
      ['the worker protocol', WORKER],
      ['the legacy protocol', SERVE],
    ])('and %s', (_protocol, service) => {
      const { kind } = service;

      it('takes a tunnel for a store, and copies both ways', async () => {
        await using tunnel = await TunnelProcess.start({
          ...{ builder, runner: place.runner, user, service, login: 'trusted' },
        });
        await place.output('nix', 'store', 'ping', '--store', tunnel.storeUri);
        await place.runner.write('/tmp', { file: randomBytes(FILE_BYTES) }, user);
        const path = await place.output('nix-store', '--add', '/tmp/file');
        await place.output('nix', 'copy', '--to', tunnel.storeUri, path);
        await builder.output(['nix-store', '--verify-path', path]);
        await place.output('nix-store', '--delete', path);
        await place.output('nix', 'copy', '--from', tunnel.storeUri, path);
        await place.output('nix-store', '--verify-path', path);
        const { bytesSent, bytesReceived, connections, notices } = await tunnel.state();
        expect(Math.min(bytesSent, bytesReceived)).toBeGreaterThan(FILE_BYTES);
        expect(Math.max(bytesSent, bytesReceived)).toBeLessThan(FILE_BYTES * 1.05);
        expect({ connections, notices }).toEqual({ connections: 1, notices: [] });
      });

      it('takes it for a builder', async () => {
        await using tunnel = await TunnelProcess.start({
          ...{ builder, runner: place.runner, user, service, login: 'trusted' },
        });
        const name = `${suite}-${nix}-${kind}`;
        await place.write({
          part: recipes.file(`part-${name}`, 1000),
          whole: recipes.script(`whole-${name}`, 'echo hello; cat ${part} > $out'),
        });
        const { code, stderr } = await place.run(...place.build('whole', tunnel));
        expect(code, stderr).toBe(0);
        // Every version names the machine by its whole URI, which is how a name is found for it.
        expect(stderr).toMatch(new RegExp(`whole-${name}.drv' on '${escaped(tunnel.storeUri)}'`));
        expect(stderr).toContain(`whole-${name}> hello`);
        const output = await place.output('nix', 'eval', '--raw', `path:${place.flake}#whole`);
        expect(await builder.validPaths([output])).toEqual(new Set([output]));
        expect(await place.runner.read(output)).toContain(`part-${name}`);
        await waitUntil(async () => (await tunnel.state()).clients === 0, 'the end of all clients');
      });
    });
  });
});

function escaped(text: string): string {
  return text.replace(/[?.]/g, '\\$&');
}

describe('a build through a tunnel', () => {
  let place: Place;
  let link: Link;

  beforeAll(async () => {
    place = new Place(await startNixHost({ nix: 'daemon' }), 'trusted');
    link = await Link.start(builder.port);
    await place.write({
      ...{ slow0: recipes.slow('slow0', 300), slow1: recipes.slow('slow1', 300) },
      ...{ slow2: recipes.slow('slow2', 300), after: recipes.file('after', 10) },
    });
  });

  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await link.stop();
  });

  function start(): Promise<TunnelProcess> {
    const { runner, user } = place;
    return TunnelProcess.start({ builder, runner, user, login: 'trusted', port: link.port });
  }

  /** Starts a build, and waits until the builder is at it. */
  async function begin(name: string, tunnel: TunnelProcess): Promise<HostProcess> {
    const build = place.spawn(...place.build(name, tunnel));
    await waitUntil(async () => (await builder.builds()).length > 0, 'the start', 10_000);
    return build;
  }

  const noBuilds = async (): Promise<boolean> => (await builder.builds()).length === 0;

  it.each([
    ['SIGINT', 'slow0'],
    ['SIGKILL', 'slow1'],
  ] as const)('ends with its client: %s', async (signal, name) => {
    await using tunnel = await start();
    const build = await begin(name, tunnel);
    await build.signal(signal);
    await waitUntil(noBuilds, 'the end of the build');
    await build.collect();
    await waitUntil(async () => (await tunnel.state()).clients === 0, 'the end of its clients');
  });

  it('ends with the link, and the next has another', async () => {
    await using tunnel = await start();
    const build = await begin('slow2', tunnel);
    await link.cut();
    const { code } = await within(10_000, 'the end of the build', build.collect());
    expect(code).not.toBe(0);
    await waitUntil(noBuilds, 'the end of the remote build');
    const after = await place.run(...place.build('after', tunnel));
    expect(after.code, after.stderr).toBe(0);
    expect((await tunnel.state()).connections).toBe(2);
  });
});

it('twenty clients share a connection on which sshd allows ten programs', async () => {
  await using place = new Place(await startNixHost({ nix: 'user-owned' }), 'owner');
  const { runner, user } = place;
  // This user has no socket: each client is a program.
  const tunnel = await TunnelProcess.start({ builder, runner, user, login: 'forced' });
  const ping = () => place.run('nix', 'store', 'info', '--store', tunnel.storeUri);
  const all = await Promise.all(Array.from({ length: 20 }, ping));
  expect(all.map(({ code }) => code)).toEqual(all.map(() => 0));
  expect(await tunnel.state()).toMatchObject({ connections: 1, notices: [] });
  await tunnel.stop();
  expect(await runner.processes()).toEqual([]);
  expect(await runner.output(['ls', '/tmp'])).toBe('');
  await waitUntil(async () => (await sessions()).length === 0, 'the end of all sessions');
});

/** What sshd runs on the builder. */
async function sessions(): Promise<readonly string[]> {
  const all = await builder.processes();
  return all.map(({ argv }) => argv.join(' ')).filter((line) => /^sshd.*@|--stdio/.test(line));
}

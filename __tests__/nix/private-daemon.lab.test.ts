import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type HostProcess, type NixHost, startNixHost, type UserName } from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const STARTER = '/checkout/__tests__/nix/private-daemon-starter.ts';
const HOME = '/home/sudoer';

/** A derivation without inputs, whose builder is Debian's static busybox. */
const DERIVATION = `{ name, script ? "echo $name > $out", system ? "x86_64-linux", features ? "" }:
derivation {
  inherit name script system;
  builder = "\${./bin}/busybox";
  args = [ "sh" "-c" script ];
  requiredSystemFeatures = builtins.filter builtins.isString (if features == "" then [ ] else [ features ]);
}
`;

/** What a private daemon's starter says, piece by piece. */
class Starter {
  readonly process: HostProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(process: HostProcess) {
    this.process = process;
    this.#lines = createInterface(process.stdout)[Symbol.asyncIterator]();
  }

  async hear(): Promise<Readonly<Record<string, unknown>>> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('the starter has ended');
    return JSON.parse(line.value) as Readonly<Record<string, unknown>>;
  }

  async socketPath(): Promise<string> {
    const answer = await this.hear();
    if (typeof answer['socketPath'] === 'string') return answer['socketPath'];
    throw new Error(JSON.stringify(answer));
  }

  stop(): void {
    this.process.stdin.write('stop\n');
  }
}

describe.each(TESTED_SUITES)('a private daemon beside that of Debian %s', (suite) => {
  let host: NixHost;
  let starters: HostProcess[] = [];

  beforeAll(async () => {
    host = await startNixHost({
      suite,
      name: suite,
      nixConf: ['extra-system-features = lab-system'],
    });
    await host.write(HOME, { 'lab.nix': DERIVATION }, 'sudoer');
    await host.output(['sh', '-c', 'mkdir bin && cp /bin/busybox bin && mkdir temp'], {
      user: 'sudoer',
    });
    await host.write('/root/.config/nix', { 'nix.conf': 'extra-platforms = lab-root\n' });
  });

  afterEach(async () => {
    for (const each of starters) await each.signal('SIGKILL').catch(() => undefined); // it may have ended
    starters = [];
    await waitUntil(
      async () => (await privateProcesses()).length === 0,
      'end of the private daemon',
    );
  });

  afterAll(() => host.stop());

  interface StartOptions {
    readonly user?: UserName;
    readonly nixConf?: string;
    readonly env?: Readonly<Record<string, string>>;
  }

  async function start({ user = 'sudoer', nixConf = '', env = {} }: StartOptions = {}) {
    await host.write('/tmp', { 'ours.conf': nixConf });
    const process = host.spawn(['node', STARTER, '/tmp/ours.conf', `${HOME}/temp`], { user, env });
    starters.push(process);
    return new Starter(process);
  }

  /** What root runs because of a private daemon; the system's was started by its bare name. */
  async function privateProcesses() {
    const all = await host.processes();
    const others = ['node', 'nix', 'nix-daemon'];
    return all.filter(
      ({ uid, argv: [name = ''] }) => name === 'sudo' || (uid === 0 && !others.includes(name)),
    );
  }

  async function slowBuilds() {
    return (await host.builds()).filter(({ argv }) => argv.join(' ').endsWith('echo > $out'));
  }

  const through = (socketPath?: string) =>
    socketPath === undefined
      ? { user: 'sudoer' as const }
      : {
          user: 'sudoer' as const,
          env: { NIX_DAEMON_SOCKET_PATH: socketPath, NIX_REMOTE: 'daemon' },
        };

  const build = (name: string, ...more: readonly string[]) => [
    ...['nix-build', '--no-out-link', `${HOME}/lab.nix`, '--argstr', 'name', name],
    ...more,
  ];

  it('trusts the user whom the system does not trust, and serves the same store', async () => {
    const unsigned = await host.output(build('unsigned'), through());
    await host.output(['sh', '-c', `nix-store --export ${unsigned} > export`], through());
    await host.output(['nix-store', '--delete', unsigned], { user: 'root' });
    const importIt = ['sh', '-c', 'nix-store --import < export'];
    expect(await host.run(importIt, through())).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/lacks a (valid )?signature/) as string,
    });

    const socketPath = await (await start()).socketPath();
    expect(await host.output(importIt, through(socketPath))).toBe(unsigned);
    expect(await host.output(['nix-store', '--query', '--hash', unsigned], through())).toMatch(
      /^sha256/,
    );
    const built = await host.output(build('through-the-private'), through(socketPath));
    expect(await host.read(built)).toBe('through-the-private\n');
    const after = await host.output(build('through-the-system'), through());
    expect(
      await host.output(['nix-store', '--query', '--size', after], through(socketPath)),
    ).toMatch(/^\d+$/);
  });

  it("has the system's settings, root's own, and ours on top", async () => {
    const launcher = `${HOME}/machine.sh`;
    await host.write(HOME, { 'machine.sh': `id -u > ${HOME}/temp/ran-as\n` }, 'sudoer');
    const builders = `builders = ssh-ng://localhost?remote-program=/bin/sh%20${launcher} lab-ours - 1`;
    const socketPath = await (await start({ nixConf: builders })).socketPath();
    const system = build('of-the-system', '--argstr', 'features', 'lab-system');
    expect(await host.output(system, through(socketPath))).toMatch(/-of-the-system$/);
    const root = build('of-root', '--argstr', 'system', 'lab-root');
    expect(await host.output(root, through(socketPath))).toMatch(/-of-root$/);
    const ours = build('of-ours', '--argstr', 'system', 'lab-ours');
    expect(await host.run(ours, through(socketPath))).not.toMatchObject({ code: 0 });
    expect(await host.read(`${HOME}/temp/ran-as`)).toBe('0\n');
  });

  it('is out of reach for others', async () => {
    const socketPath = await (await start()).socketPath();
    const folder = socketPath.replace(/\/socket$/, '');
    expect(await host.output(['stat', '-c', '%a %U', folder])).toBe('700 sudoer');
    const asked = await host.output(build('asked-for'), through(socketPath));
    const ask = ['nix-store', '--query', '--hash', asked];
    expect(await host.output(ask, through(socketPath))).toMatch(/^sha256/);
    const refused = await host.run(ask, { ...through(socketPath), user: 'ci' });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Permission denied') as string,
    });
  });

  it('gets proxies and certificates of our environment and nothing else, and none as argument', async () => {
    const env = {
      https_proxy: 'http://me:hunter2@proxy',
      SECRET: 'hunter2',
      NIX_CONFIG: 'access-tokens = github.com=hunter2',
    };
    await (await start({ nixConf: '# hunter2', env })).socketPath();
    const running = await privateProcesses();
    expect(running.length).toBeGreaterThan(2);
    expect(running.filter(({ argv }) => argv.join(' ').includes('hunter2'))).toEqual([]);
    const secretsOf = async (program: string) => {
      const those = running.filter(({ argv }) => path.basename(argv[0] ?? '') === program);
      expect(those).not.toEqual([]);
      const texts = await Promise.all(
        those.map(({ pid }) => host.read(`/proc/${pid}/environ`).catch(() => '')), // it may have ended
      );
      const lines = texts.flatMap((text) => text.split('\0'));
      return new Set(lines.filter((line) => line.includes('hunter2')));
    };
    expect(await secretsOf('sudo')).toEqual(new Set());
    expect(await secretsOf('nix-daemon')).toEqual(new Set([`https_proxy=${env.https_proxy}`]));
  });

  it('leaves nothing when it is stopped, and has written nowhere else', async () => {
    const look = ['sh', '-c', `ls -laR --time-style=full-iso /etc/nix ${HOME} /root`];
    const before = await host.output(look);
    const starter = await start();
    await starter.socketPath();
    starter.stop();
    expect(await starter.hear()).toEqual({ ended: true });
    expect(await starter.hear()).toEqual({ stopped: true });
    await waitUntil(async () => (await privateProcesses()).length === 0, 'end of its script');
    expect(withoutTimes(await host.output(look))).toBe(withoutTimes(before));
  });

  it.each(['stop', 'SIGKILL', 'SIGKILL-of-sudo-too'] as const)(
    'ends builds of clients that live on: %s',
    async (how) => {
      const starter = await start();
      const socketPath = await starter.socketPath();
      const script = 'echo begun; while true; do $builder sleep 1; done';
      const endless = build(`endless-${how}`, '--argstr', 'script', script);
      const client = host.spawn(endless, through(socketPath));
      const finished = client.collect();
      await waitUntil(async () => (await host.builds()).length > 0, 'start of the build');
      const sudo = (await host.processes()).filter(({ argv }) => argv[0] === 'sudo');
      if (how === 'stop') starter.stop();
      else await starter.process.signal('SIGKILL');
      if (how === 'SIGKILL-of-sudo-too') {
        await host.run(['kill', '-KILL', ...sudo.map(({ pid }) => String(pid))]);
      }
      expect((await finished).code).not.toBe(0);
      await waitUntil(
        async () => (await privateProcesses()).length === 0,
        'end of the private daemon',
      );
      expect(await host.builds()).toEqual([]);
      expect(await host.output(['ls', `${HOME}/temp`])).not.toContain('nix-remote-build');
      expect(await host.output(build(`after-${how}`), through())).toMatch(/-after-/);
    },
  );

  it('leaves other jobs and the system’s daemon alone when its job is killed', async () => {
    const killed = await start();
    const socketPaths = [await killed.socketPath(), await (await start()).socketPath()];
    const script = '$builder sleep 4; echo > $out';
    const [mine, other, ofTheSystem] = [...socketPaths, undefined].map((socketPath, index) =>
      host.run(build(`slow-${index}`, '--argstr', 'script', script), through(socketPath)),
    );
    await waitUntil(async () => (await slowBuilds()).length === 3, 'start of all builds');
    await killed.process.signal('SIGKILL');
    expect((await mine)?.code).not.toBe(0);
    expect((await other)?.stdout).toMatch(/-slow-1\n$/);
    expect((await ofTheSystem)?.stdout).toMatch(/-slow-2\n$/);
  });

  it('says when it has ended without us', async () => {
    const starter = await start();
    await starter.socketPath();
    const daemon = (await privateProcesses()).find(({ argv }) => argv[0]?.endsWith('/nix-daemon'));
    await host.output(['kill', '-KILL', String(daemon?.pid)]);
    expect(await starter.hear()).toEqual({ ended: true });
    await waitUntil(async () => (await privateProcesses()).length === 0, 'end of its script');
    expect(await host.output(['ls', `${HOME}/temp`])).not.toContain('nix-remote-build');
  });

  it('says why it does not start: a setting that Nix does not take', async () => {
    const answer = await (await start({ nixConf: 'max-jobs = many' })).hear();
    expect(answer).toMatchObject({
      code: 'daemon-error',
      message: expect.stringMatching(
        /^a private Nix daemon ended while it started: .*max-jobs/,
      ) as string,
    });
  });

  it('is refused by name to who may not use sudo', async () => {
    await host.output(['chmod', '777', `${HOME}/temp`]);
    expect(await (await start({ user: 'ci' })).hear()).toEqual({
      code: 'daemon-untrusted',
      message: expect.stringMatching(
        /^the local Nix daemon does not trust user 'ci', and sudo starts no private one without a password: .*sudo: a password is required$/,
      ) as string,
      hint: expect.stringContaining("add the line 'trusted-users = root ci' to") as string,
    });
    expect(await host.output(['ls', `${HOME}/temp`])).not.toContain('nix-remote-build');
  });

  it('is refused by name where there is no sudo, but root needs none', async () => {
    const bare = [
      'sh',
      '-c',
      `mkdir -p /opt/bare && for name in node nix-daemon; do ln -sf $(command -v $name) /opt/bare; done`,
    ];
    await host.output(bare);
    const env = { PATH: '/opt/bare' };
    expect(await (await start({ env })).hear()).toMatchObject({
      code: 'daemon-untrusted',
      message: expect.stringMatching(/password: spawn sudo ENOENT$/) as string,
    });
    await (await start({ user: 'root', env })).socketPath();
  });
});

function withoutTimes(listing: string): string {
  return listing.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \S+/g, '');
}

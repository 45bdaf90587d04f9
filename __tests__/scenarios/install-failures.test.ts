import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeRelease,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { runToFailure, type FailedStep } from '../helpers/failed-step.ts';
import { ReleaseServer, type Serving } from '../helpers/release-server.ts';

describe('a Nix that cannot be installed', () => {
  let builder: Builder;
  let server: ReleaseServer;

  beforeAll(async () => {
    builder = await startBuilder();
    server = await ReleaseServer.start(await makeRelease());
  });

  afterAll(async () => {
    await Promise.all([builder.stop(), server[Symbol.asyncDispose]()]);
  });

  async function fail(
    runner: NixHost,
    user: UserName,
    inputs: Readonly<Record<string, string>>,
  ): Promise<FailedStep> {
    const ended = await runToFailure({
      ...{ builder, runner, user },
      attributes: {},
      inputs: {
        'nix-version': server.release.version,
        'nix-install-url': server.base('well'),
        ...inputs,
      },
    });
    expect(ended.code, ended.log).toBe(1);
    return ended;
  }

  describe('because of where it comes from', () => {
    let runner: NixHost;

    beforeAll(async () => {
      runner = await startNixHost({ name: 'runner', nix: 'none' });
    });

    afterAll(() => runner.stop());

    it.concurrent.each<[Serving | 'unreachable' | 'another version', RegExp]>([
      [
        'other-hash',
        /^http:\S+\.tar\.xz is not what it should be: its SHA-256 is \w{64}, expected is \w{64}\. It was damaged or cut off on its way, or exchanged\. Run the job again; if that does not help, trust neither\.$/,
      ],
      [
        'no-hash',
        /^cannot download http:\S+\.tar\.xz\.sha256: the server answers 404\. Is there such a release\? Check nix-version and nix-install-url\.$/,
      ],
      [
        'another version',
        /^cannot download http:\S+nix-2\.8\.9-\S+: the server answers 404\. Is there such a release\?/,
      ],
      [
        'unreachable',
        /^cannot download http:\S+: connect ECONNREFUSED 127\.0\.0\.1:1\. Where the runner cannot reach it, set nix-install-url to a mirror, or install Nix in an earlier step\.$/,
      ],
      [
        'silent',
        /^cannot download http:\S+: Request timeout: \S+\. Where the runner cannot reach it/,
      ],
      ['stalled', /^cannot download http:\S+\.tar\.xz: no byte came for 20 s\. Where the runner/],
      [
        'truncated',
        /^cannot unpack \/tmp\/\S+: .*Unexpected end of input\. The archive is damaged or cut off, or no release of Nix\.$/,
      ],
    ])(
      '%s',
      async (way, message) => {
        const url = way === 'unreachable' ? 'http://127.0.0.1:1' : server.base(servingOf(way));
        const version = way === 'another version' ? { 'nix-version': '2.8.9' } : {};
        const inputs = { 'nix-install-url': url, ...version };
        const { errors } = await fail(runner, 'sudoer', inputs);
        expect(errors).toEqual([expect.stringMatching(message)]);
      },
      120_000,
    );

    it('leaves nothing behind', async () => {
      expect(await runner.output(['find', '/nix', '-mindepth', '1'])).toBe('');
    });
  });

  it('without rights to make /nix, without sudo, without xz, on a read-only /nix', async () => {
    await using runner = await startNixHost({ name: 'runner', nix: 'none' });
    const command =
      'Run `install -d -m 0755 -o 2001 -g 2001 /nix` as root before, in the image or on the machine; or allow this user to use sudo ' +
      'without a password.';
    expect((await fail(runner, 'ci', {})).errors).toEqual([
      `cannot make /nix: this user may not, and sudo says: a password is required. ${command}`,
    ]);
    await runner.output(['rm', '/usr/bin/sudo']);
    expect((await fail(runner, 'ci', {})).errors).toEqual([
      `cannot make /nix: this user may not, and there is no sudo. ${command}`,
    ]);
    await runner.output(['sh', '-c', 'mkdir /nix && mount -t tmpfs -o ro nix /nix']);
    expect((await fail(runner, 'root', {})).errors).toEqual([
      'cannot write to /nix: it is read-only. Mount a folder that can be written to there, or use an image with Nix in it.',
    ]);
    await runner.output(['sh', '-c', 'umount /nix && rm /usr/bin/xz']);
    expect((await fail(runner, 'root', {})).errors).toEqual([
      'cannot install Nix: there is no xz on this runner, and releases are packed with it. Install the package xz-utils (Alpine, Fedora: xz) ' +
        'in the image, or in an earlier step.',
    ]);
  });

  it('on a disk that is too small, of which it leaves all', async () => {
    await using runner = await startNixHost({ name: 'runner', nix: 'none', nixSize: '24m' });
    const { errors } = await fail(runner, 'sudoer', {});
    expect(errors).toEqual([
      expect.stringMatching(
        /^cannot unpack \/tmp\/\S+: .*No space left on device.*\. Nix takes about 500 MB in \/nix\.$/,
      ),
    ]);
    expect(await runner.output(['find', '/nix', '-mindepth', '1'])).toBe('');
  });

  it('beside a Nix of another user, which stays as it is', async () => {
    await using runner = await startNixHost({ name: 'runner' });
    const { version } = server.release;
    const before = await runner.allPaths();
    expect((await fail(runner, 'ci', { 'install-nix': 'always' })).errors).toEqual([
      expect.stringMatching(
        /^\/nix is there, and is not this user's\. Another Nix seems to be installed: put it on PATH /,
      ),
    ]);
    const never = { 'install-nix': 'never', 'nix-version': '2.8.9', 'nix-install-url': '' };
    expect((await fail(runner, 'ci', never)).errors).toEqual([
      `/usr/bin has Nix ${version}, nix-version asks for 2.8.9, and install-nix is never. Leave out nix-version or install-nix, or install ` +
        'that version in an earlier step.',
    ]);
    expect(await runner.allPaths()).toEqual(before);
  });
});

function servingOf(way: string): Serving {
  return way === 'another version' ? 'well' : (way as Serving);
}

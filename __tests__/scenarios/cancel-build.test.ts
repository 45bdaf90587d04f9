import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBuilder, startNixHost, type Builder, type NixHost } from '../../lab/index.ts';
import { buildsAgain, cancelBuild, SHOW_HURRY, type Way } from '../helpers/cancelling.ts';

const WAYS: Readonly<Record<string, Way>> = {
  'the socket of a daemon': { login: 'ci' },
  'nix-daemon --stdio before a daemon': { login: 'ci', query: 'remote-program=nix-daemon' },
  'nix-daemon --stdio that builds itself': { login: 'root' },
};

/** After the line that tells of the build's start. */
const DELAYS_MS = [0, 10, 25, 50] as const;

describe('cancelling a build', () => {
  let withDaemon: Builder;
  let without: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    withDaemon = await startBuilder({ suite: 'sid', nixConf: [SHOW_HURRY] });
    without = await startBuilder({
      suite: 'sid',
      nix: 'root-owned',
      name: 'single',
      nixConf: [SHOW_HURRY],
    });
    runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
  });

  afterAll(async () => {
    await withDaemon.stop();
    await without.stop();
    await runner.stop();
  });

  describe.each(Object.entries(WAYS))('through %s', (_, way) => {
    const cancelled: string[] = [];
    const hosts = () => ({ builder: way.login === 'root' ? without : withDaemon, runner, way });

    it.each(DELAYS_MS)('leaves no builder %i ms after it started', async (delayMs) => {
      const ended = await cancelBuild({ ...hosts(), after: /^building /m, delayMs });
      cancelled.push(...Object.keys(ended.statuses));
    });

    it('leaves no builder when it comes while derivations go up', async () => {
      const ended = await cancelBuild({ ...hosts(), after: /^uploading /m, delayMs: 5 });
      cancelled.push(...Object.keys(ended.statuses));
    });

    it('leaves no builder that has long been silent', async () => {
      const ended = await cancelBuild({ ...hosts(), after: /^building /m, delayMs: 1500 });
      cancelled.push(...Object.keys(ended.statuses));
      // Nothing has just started: there is nothing to wait for.
      expect(ended.secondsAfterSignal).toBeLessThan(5);
    });

    it('leaves no lock: all of it can be built at once', async () => {
      expect(cancelled).toHaveLength(DELAYS_MS.length + 2);
      await buildsAgain(hosts(), cancelled);
    });
  });

  it('heeds SIGTERM as well', async () => {
    const way = { login: 'ci' } as const;
    await cancelBuild({
      builder: withDaemon,
      runner,
      way,
      after: /^building /m,
      delayMs: 100,
      signal: 'SIGTERM',
    });
  });
});

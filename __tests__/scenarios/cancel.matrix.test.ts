import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBuilder, startNixHost, SUITES, type Builder, type NixHost } from '../../lab/index.ts';
import { buildsAgain, cancelBuild, SHOW_HURRY, type Way } from '../helpers/cancelling.ts';

const WAYS: Readonly<Record<string, Way>> = {
  'the socket of a daemon': { login: 'ci' },
  'nix-daemon --stdio before a daemon': { login: 'ci', query: 'remote-program=nix-daemon' },
  'nix-daemon --stdio that builds itself': { login: 'root' },
};

/** A daemon that loses its client while a builder starts can miss that for some 56 ms. */
const DELAYS_MS = [0, 8, 16, 24, 32, 40, 48, 56] as const;

/** When the build has started, and before: the request goes out when the upload has ended. */
const MOMENTS = { building: /^building /m, uploading: /^uploading /m } as const;

describe.each(SUITES)('cancelling a build on the Nix of Debian %s', (suite) => {
  let withDaemon: Builder;
  let without: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    const nixConf = [SHOW_HURRY];
    withDaemon = await startBuilder({ suite, nixConf });
    without = await startBuilder({ suite, nix: 'root-owned', name: 'single', nixConf });
    runner = await startNixHost({ suite, name: 'runner', nix: 'user-owned' });
  });

  afterAll(async () => {
    await withDaemon.stop();
    await without.stop();
    await runner.stop();
  });

  describe.each(Object.entries(WAYS))('through %s', (_, way) => {
    const cancelled: string[] = [];
    const hosts = () => ({ builder: way.login === 'root' ? without : withDaemon, runner, way });

    describe.each(Object.entries(MOMENTS))('after %s', (__, after) => {
      it.each(DELAYS_MS)('leaves no builder %i ms later', async (delayMs) => {
        const ended = await cancelBuild({ ...hosts(), after, delayMs });
        cancelled.push(...Object.keys(ended.statuses));
      });
    });

    it('leaves no lock', async () => {
      expect(cancelled).toHaveLength(DELAYS_MS.length * Object.keys(MOMENTS).length);
      await buildsAgain(hosts(), cancelled);
    });
  });
});

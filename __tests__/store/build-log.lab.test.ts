import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost, SUITES } from '../../lab/index.ts';
import type { DrvPath } from '../../src/domain/store-path.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import type { Store } from '../../src/store/store.ts';
import { instantiate } from './graphs.ts';
import { processStream, socketStream } from './streams.ts';

async function* repeated(chunk: Buffer, times: number): AsyncGenerator<Buffer> {
  for (let index = 0; index < times; index++) yield await Promise.resolve(chunk);
}

describe.each(SUITES)('logs of builds that another store ran, on Debian %s', (suite) => {
  let host: NixHost;
  let store: Store;
  let drvs: DrvPath[];

  beforeAll(async () => {
    host = await startNixHost({ suite, name: suite });
    store = openStore(socketStream(host), { label: 'the store' });
    const names = ['short', 'long', 'none'];
    drvs = Object.values(
      await instantiate(
        host,
        Object.fromEntries(names.map((name) => [name, `sh "${name}" "echo > $out"`])),
      ),
    );
  });

  afterAll(async () => {
    store.close();
    await host.stop();
  });

  const drv = (index: number): DrvPath => {
    const path = drvs[index];
    if (!path) throw new Error('not instantiated');
    return path;
  };
  const logOf = (drvPath: DrvPath) =>
    host.output(['nix', 'log', '--extra-experimental-features', 'nix-command', drvPath]);

  it('are where nix log finds them', async () => {
    const asking = store.queryValidPaths([drv(0)]);
    await store.addBuildLog(drv(0), repeated(Buffer.from('hello\n'), 2));
    expect(await logOf(drv(0))).toBe('hello\nhello');
    expect(await asking).toEqual(new Set([drv(0)]));
  });

  it('may be long', async () => {
    const line = Buffer.from(`${'x'.repeat(99)}\n`);
    const chunk = Buffer.concat(Array.from({ length: 1000 }, () => line));
    await store.addBuildLog(drv(1), repeated(chunk, 100));
    expect((await logOf(drv(1))).length).toBe(10_000_000 - 1);
  });

  it('are refused where we are not trusted, and the session goes on', async () => {
    const daemon = host.spawn(['sh', '-c', 'cat | nix-daemon --stdio | cat'], { user: 'ci' });
    const session = openStore(processStream(daemon), { label: 'ci' });
    const refused = /only from users that it trusts|you are not privileged to add logs/;
    for (const log of [repeated(Buffer.from('forged\n'), 1), repeated(Buffer.alloc(1e6), 10)]) {
      await expect(session.addBuildLog(drv(2), log)).rejects.toMatchObject({
        code: 'daemon-error',
        message: expect.stringMatching(refused) as string,
      });
      expect(await session.queryValidPaths([drv(2)])).toEqual(new Set([drv(2)]));
    }
    session.close();
  });
});

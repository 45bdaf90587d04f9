import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OffloadServer } from '../../src/offload/server.ts';
import { passing } from './socket.ts';

describe('the offload socket', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'offload-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const listen = (socketPath = path.join(folder, 'socket')) =>
    OffloadServer.listen({
      socketPath,
      openLocalStream: () => Promise.reject(new Error('there is none')),
      takeOver: passing,
      onNotice: () => undefined,
    });

  it('is for its owner alone, and leaves the umask as it was', async () => {
    const before = process.umask(0o026);
    const server = await listen();
    expect((await stat(path.join(folder, 'socket'))).mode & 0o777).toBe(0o600);
    expect(process.umask(before)).toBe(0o026);
    await server.close();
  });

  it('is gone when it is closed, however often', async () => {
    const server = await listen();
    const client = connect(path.join(folder, 'socket'));
    await once(client, 'connect');
    const ended = once(client, 'close');
    await Promise.all([server.close(), server.close(), ended]);
    await server.close();
    await expect(stat(path.join(folder, 'socket'))).rejects.toThrow('ENOENT');
  });

  it('is refused where its path is too long for an address', async () => {
    await expect(listen(path.join(folder, 'x'.repeat(100)))).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('longer than 100 bytes') as string,
      hint: expect.stringContaining('TMPDIR') as string,
    });
  });

  it('is refused where there is something already, which stays', async () => {
    const file = path.join(folder, 'socket');
    await writeFile(file, 'mine');
    await expect(listen(file)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('EADDRINUSE') as string,
    });
    expect((await stat(file)).size).toBe(4);
  });
});

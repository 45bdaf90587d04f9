import { mkdtempDisposable, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { within } from '../../lab/index.ts';
import { makeOffloadFolder, removeOffloadFolder } from '../../src/offload/folder.ts';
import { ControlServer } from '../../src/service/control.ts';
import { askToStop } from '../../src/service/stop.ts';

test('who asks for the end gets the answer', async () => {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'control-'));
  const socket = path.join(folder.path, 'control.sock');
  const control = await ControlServer.listen(socket);
  const asking = askToStop(socket);
  const answer = await control.stopped;
  await answer('all that was done');
  control.close();
  expect(await asking).toBe('all that was done');
});

test('other words, and none, end nothing', async () => {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'control-'));
  const socket = path.join(folder.path, 'control.sock');
  const control = await ControlServer.listen(socket);
  for (const words of ['', 'stop', 'x'.repeat(1000)]) {
    const client = connect(socket);
    client.end(words);
    expect(await within(20_000, 'end of the connection', text(client))).toBe('');
  }
  const asked = await Promise.race([control.stopped, Promise.resolve('nobody')]);
  expect(asked).toBe('nobody');
  control.close();
});

test('where nobody listens there is no answer', async () => {
  expect(await askToStop('/nonexistent/control.sock')).toBeUndefined();
});

test('the folder is of nobody else, and its sockets’ paths are short enough', async () => {
  await using long = await mkdtempDisposable(path.join(os.tmpdir(), 'x'.repeat(80)));
  for (const preferred of [os.tmpdir(), long.path]) {
    const folder = await makeOffloadFolder(preferred);
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
    expect(Buffer.byteLength(folder.socket)).toBeLessThanOrEqual(100);
    expect(Buffer.byteLength(folder.control)).toBeLessThanOrEqual(100);
    await removeOffloadFolder(folder);
    await expect(stat(folder.path)).rejects.toThrow('ENOENT');
  }
});

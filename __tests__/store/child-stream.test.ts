import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { spawnByteStream } from '../../src/store/child-stream.ts';
import { PATIENCE } from '../helpers/patience.ts';

const pipes = () => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length;

it('keeps nothing open once it is destroyed, though a process that the program left behind does', async () => {
  const before = pipes();
  const { duplex } = spawnByteStream('sh', ['-c', 'setsid sleep 30 & echo here; exec cat'], {
    PATH: process.env['PATH'] ?? '',
  });
  await once(duplex, 'data');
  expect(pipes()).toBeGreaterThan(before);
  duplex.destroy();
  await vi.waitFor(() => expect(pipes()).toBe(before), PATIENCE);
});

it('ends with an error, and leaves nothing open, where there is no such program', async () => {
  const before = pipes();
  const stream = spawnByteStream('/nonexistent/nix-daemon', [], {});
  const [error] = (await once(stream.duplex, 'error')) as [Error];
  expect(error.message).toContain('ENOENT');
  expect(stream.diagnostics()).toContain('ENOENT');
  await vi.waitFor(() => expect(pipes()).toBe(before), PATIENCE);
});

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheServer } from '../../../lab/cache-service.ts';
import { CacheService } from '../../../src/action/cache/service.ts';
import { startJob, type JobOptions } from '../../helpers/kept.ts';
import { waitUntil } from '../../helpers/wait-until.ts';

const [privateKey, otherKey] = [makeKey(), makeKey()];
const value = Buffer.from('{"seconds":1}');

let server: CacheServer;
beforeEach(async () => {
  server = await CacheServer.start();
});
afterEach(() => server[Symbol.asyncDispose]());

function makeKey(): string {
  const { privateKey: key } = generateKeyPairSync('ed25519');
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const job = (options: Partial<JobOptions> = {}) =>
  startJob({ env: server.env, privateKey, ...options });

/** Keeps values in one job, and what is in its folder as a file. */
async function keep(values: Readonly<Record<string, Uint8Array>>, options = {}) {
  await using first = await job(options);
  for (const [key, each] of Object.entries(values)) await first.kept.keep(key, each);
  return await first.post();
}

async function find(key: string, prefix?: string, options = {}) {
  await using next = await job(options);
  const found = await next.kept.find(key, prefix);
  return { found, ignored: next.kept.ignored, troubles: next.troubles };
}

/** What the server calls an entry. */
async function nameOf(key: string): Promise<string> {
  const entry = (await server.entries()).find((each) => each.key.endsWith(`-${key}`));
  if (!entry) throw new Error(`no entry ${key}`);
  return entry.key;
}

describe('what is kept', () => {
  it('is found in the next job, by its key and by a prefix of it, the newest first', async () => {
    expect(await keep({ 'seen-1': value })).toMatchObject({ saved: 1, trouble: undefined });
    await keep({ 'seen-2': Buffer.from('newer') });
    expect((await find('seen-1')).found).toEqual({ key: 'seen-1', value });
    expect((await find('seen-9', 'seen-')).found).toMatchObject({ key: 'seen-2' });
    expect((await find('seen-9')).found).toBeUndefined();
    // GitHub answers with it all the same.
    expect(await find('seen')).toMatchObject({ found: undefined, ignored: 0, troubles: [] });
  });

  it('is not sent twice: neither what was found, nor what somebody else has saved meanwhile', async () => {
    await using one = await job();
    await using same = await job();
    for (const each of [one, same]) await each.kept.keep('seen', value);
    expect(await one.post()).toMatchObject({ saved: 1 });
    expect(await same.post()).toEqual({ saved: 0, bytes: 0, trouble: undefined });
    await using next = await job();
    await next.kept.find('seen');
    await next.kept.keep('seen', Buffer.from('new'));
    expect(await next.post()).toBeUndefined();
  });

  it('is the same whatever became of line ends of the key, and another with each further key', async () => {
    await keep({ seen: value });
    const mangled = privateKey.trimEnd().replaceAll('\n', '\r\n');
    expect((await find('seen', undefined, { privateKey: mangled })).found?.value).toEqual(value);
    const both = `${privateKey}${otherKey}`;
    expect((await find('seen', undefined, { privateKey: both })).found).toBeUndefined();
    await keep({ seen: value }, { privateKey: both });
    const turned = `${otherKey}${privateKey}`;
    expect((await find('seen', undefined, { privateKey: turned })).found?.value).toEqual(value);
  });

  it('shows nothing of itself, of the token or of the key to who may read the cache, or the folder', async () => {
    await using first = await job();
    await first.kept.keep('seen', value);
    const [folder = ''] = await readdir(first.folder);
    const files = await readdir(path.join(first.folder, folder));
    for (const file of files) {
      const content = await readFile(path.join(first.folder, folder, file));
      expect(content.includes('seconds')).toBe(false);
      expect(content.includes('PRIVATE KEY')).toBe(false);
    }
    expect(files).toHaveLength(2);
    await first.post();
    expect(await readdir(first.folder)).toEqual([]);
    expect((await server.content(await nameOf('seen'))).includes('seconds')).toBe(false);
  });

  it('is not kept, nor found, without a private key', async () => {
    await expect(job({ privateKey: '' })).rejects.toThrow('this job has no cache');
    expect(server.requests).toEqual([]);
  });

  it('is put aside when the step ends, also where nobody waited for it', async () => {
    await using first = await job();
    const file = path.join(first.folder, 'archive');
    await writeFile(file, Buffer.alloc(20_000_000));
    void first.kept.keepFile('archive', file);
    await first.kept.close();
    expect(await first.post()).toMatchObject({ saved: 1 });
  });

  it.each([
    ['https://github.com', true],
    ['https://octo.ghe.com', true],
    ['https://github.example.org', false],
  ])('is there with the GitHub at %s: %s', (GITHUB_SERVER_URL, isThere) => {
    expect(CacheService.of({ ...server.env, GITHUB_SERVER_URL }) !== undefined).toBe(isThere);
  });

  it('is a file of any size, too', async () => {
    // Two blocks, and a bit.
    const content = Buffer.alloc(70 * 1024 * 1024, 'abc');
    await using first = await job();
    const file = path.join(first.folder, 'archive');
    await writeFile(file, content);
    await first.kept.keepFile('nix', file);
    await writeFile(file, 'changed later');
    expect(await first.post()).toMatchObject({ saved: 1, trouble: undefined });
    expect(server.requests.filter((each) => each.startsWith('PUT'))).toHaveLength(4);
    await using next = await job();
    const restored = path.join(next.folder, 'restored');
    expect(await next.kept.findFile('nix', restored)).toBe('nix');
    expect((await readFile(restored)).equals(content)).toBe(true);
  });

  it('is not asked for to the end where patience ends before, but fetched where it is there', async () => {
    await keep({ seen: value });
    const before = server.requests.length;
    await using next = await job();
    const file = path.join(next.folder, 'file');
    const end = new AbortController();
    server.mood = { kind: 'slow', delayMs: 200 };
    const finding = next.kept.findFile('seen', file, undefined, end.signal);
    await waitUntil(() => server.requests.length > before + 1, 'a download');
    end.abort(new Error('enough'));
    expect(await finding).toBe('seen');
    server.mood = { kind: 'stalled' };
    expect(await next.kept.findFile('other', file, undefined, end.signal)).toBeUndefined();
    expect(next.troubles).toEqual(['enough']);
  });
});

describe('what was not written with the key', () => {
  const damages: Readonly<Record<string, (name: string) => Promise<void>>> = {
    damaged: (name) => server.damage(name),
    truncated: (name) => server.truncate(name),
    replaced: (name) => server.replace(name, value),
    emptied: (name) => server.replace(name, Buffer.alloc(0)),
    'that of another entry': async (name) =>
      server.replace(name, await server.content(await nameOf('another'))),
  };

  it.each(Object.entries(damages))('is not found: %s', async (_, damage) => {
    await keep({ seen: value, another: value });
    await damage(await nameOf('seen'));
    expect(await find('seen')).toMatchObject({ found: undefined, ignored: 1, troubles: [] });
    await using next = await job();
    const file = path.join(next.folder, 'file');
    expect(await next.kept.findFile('seen', file)).toBeUndefined();
    expect(await readdir(next.folder)).toEqual([]);
    expect((await find('another')).found?.value).toEqual(value);
  });

  it('is not found: an entry that somebody put under a name of ours', async () => {
    await keep({ seen: value });
    const [entry] = await server.entries();
    const name = (await nameOf('seen')).replace('-seen', '-new');
    await server.forge(name, entry?.version ?? '', await server.content(await nameOf('seen')));
    expect(await find('new')).toMatchObject({ found: undefined, ignored: 1 });
  });

  it('does not fill the disk: more bytes than a file may have are not taken', async () => {
    await keep({ seen: value });
    server.mood = { kind: 'huge-downloads', bytes: 5 * 1024 ** 3 };
    await using next = await job();
    const file = path.join(next.folder, 'file');
    expect(await next.kept.findFile('seen', file)).toBeUndefined();
    expect(await readdir(next.folder)).toEqual([]);
    expect({ ignored: next.kept.ignored, troubles: next.troubles }).toEqual({
      ignored: 1,
      troubles: [],
    });
  });

  it('is found neither with the same key and another passphrase', async () => {
    await keep({ seen: value }, { passphrase: 'one' });
    expect((await find('seen', undefined, { passphrase: 'one' })).found?.value).toEqual(value);
    expect((await find('seen', undefined, { passphrase: 'two' })).found).toBeUndefined();
  });

  it('is found neither with another key', async () => {
    await keep({ seen: value }, { privateKey: otherKey });
    expect(await find('seen')).toMatchObject({ found: undefined, ignored: 0 });
  });
});

it('goes by way of the proxy that the environment names', async () => {
  const passed: string[] = [];
  const proxy = createServer((question, answer) => {
    passed.push(`${question.method ?? ''} ${new URL(question.url ?? '').pathname}`);
    const { method, headers } = question;
    const on = request(question.url ?? '', { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 0, response.headers);
      response.pipe(answer);
    });
    question.pipe(on);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const { port } = proxy.address() as AddressInfo;
  const env = { ...server.env, http_proxy: `http://127.0.0.1:${port}` };
  expect(await keep({ seen: value }, { env })).toMatchObject({ saved: 1 });
  expect((await find('seen', undefined, { env })).found?.value).toEqual(value);
  expect(passed).toEqual(server.requests);
  expect(passed).toHaveLength(5);
  proxy.closeAllConnections();
  proxy.close();
});

describe('a cache that does not work', () => {
  it.each([
    ['fails', { kind: 'failing', status: 500 }, /answered with 500/],
    ['limits', { kind: 'failing', status: 429 }, /answered with 429/],
    ['never answers', { kind: 'stalled' }, /not done within 5 s/],
    ['stops in the middle of a download', { kind: 'stalled-downloads' }, /not done within 5 s/],
    ['hangs up in the middle of a download', { kind: 'cut-downloads' }, /aborted|early/],
  ] as const)('is given up, once and for all: it %s', async (_, mood, trouble) => {
    await keep({ seen: value });
    server.mood = mood;
    await using next = await job();
    expect(await next.kept.find('seen')).toBeUndefined();
    const asked = server.requests.length;
    expect(await next.kept.find('seen')).toBeUndefined();
    expect(await next.kept.findFile('seen', path.join(next.folder, 'file'))).toBeUndefined();
    expect(server.requests).toHaveLength(asked);
    expect(next.troubles).toEqual([expect.stringMatching(trouble)]);
    await expect(access(path.join(next.folder, 'file'))).rejects.toThrow('ENOENT');
  });

  it('is given up where nobody listens; post says so, and leaves nothing', async () => {
    await using only = await job();
    await server.stop();
    expect(await only.kept.find('seen')).toBeUndefined();
    expect(only.troubles).toEqual([expect.stringMatching(/ECONNREFUSED/)]);
    await only.kept.keep('seen', value);
    expect(await only.post()).toMatchObject({
      saved: 0,
      trouble: expect.stringMatching(/ECONNREFUSED/) as string,
    });
    expect(await readdir(only.folder)).toEqual([]);
  });

  it('ends with the step, without a word', async () => {
    server.mood = { kind: 'stalled' };
    const cancelled = new AbortController();
    await using only = await job({ signal: cancelled.signal });
    const finding = only.kept.find('seen');
    cancelled.abort(new Error('cancelled'));
    expect(await finding).toBeUndefined();
    expect(only.troubles).toEqual([]);
  });

  it('is quiet where the job may read only', async () => {
    await keep({ seen: value });
    server.mood = { kind: 'read-only' };
    await using next = await job();
    expect((await next.kept.find('seen'))?.value).toEqual(value);
    await next.kept.keep('more', value);
    expect(await next.post()).toEqual({ saved: 0, bytes: 0, trouble: undefined });
  });

  it.each([
    ['none', false, 0],
    ['read', true, 0],
    ['write-only', false, 1],
    ['write', true, 1],
  ])('is used as ACTIONS_CACHE_MODE=%s allows', async (mode, isFound, saved) => {
    await keep({ seen: value });
    const before = server.requests.length;
    await using next = await job({ env: { ...server.env, ACTIONS_CACHE_MODE: mode } });
    expect(await next.kept.find('seen')).toEqual(isFound ? { key: 'seen', value } : undefined);
    expect(server.requests.length > before).toBe(isFound);
    await next.kept.keep('more', value);
    expect((await next.post())?.saved ?? 0).toBe(saved);
  });
});

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CachedJobs, GOOD, HOME } from '../helpers/cached-jobs.ts';
import { filesWith, partsOf } from '../helpers/secret-search.ts';
import { waitUntil } from '../helpers/wait-until.ts';

describe('the cache, with hosts on which nothing ever ran', () => {
  let jobs: CachedJobs;

  beforeAll(async () => {
    jobs = await CachedJobs.start();
  });
  beforeEach(() => jobs.renewServer());
  afterAll(() => jobs[Symbol.asyncDispose]());

  it('what is fetched in one job is not fetched in the next one, and changes nothing in the home folder', async () => {
    const first = await jobs.run();
    expect(first).toMatchObject({ statuses: GOOD, downloads: 1 });
    expect(first.post.log).toMatch(/^kept 1 file for later runs, [\d.]+ [kM]?B$/m);
    const name = /^nix-remote-build-1-linux-\w+-[0-9a-f]{8}-inputs-2\.\d+-[0-9a-f]{32}$/;
    expect(await jobs.keys()).toEqual([expect.stringMatching(name)]);
    await using host = await jobs.freshHost();
    const next = await jobs.run({ host });
    expect(next, next.main.log).toMatchObject({ statuses: GOOD, downloads: 0 });
    expect(next.main.log).toMatch(/^from the cache: inputs-2\.\d+-[0-9a-f]{32}$/m);
    expect(next.post.log).toBe('');
    expect(await host.run(['ls', '-A', `${HOME}/.cache`])).toMatchObject({ stdout: '' });
  });

  it('another lock file builds on what is kept for one before it, and is kept itself', async () => {
    await jobs.run();
    expect(await jobs.run({ input: 'other' })).toMatchObject({ statuses: GOOD, downloads: 1 });
    expect(await jobs.keys()).toHaveLength(2);
    expect(await jobs.run({ input: 'other' })).toMatchObject({ statuses: GOOD, downloads: 0 });
    expect(await jobs.keys()).toHaveLength(2);
  });

  it('what was fetched is there, too, where a step is done again locally', async () => {
    await jobs.run();
    const before = jobs.server.requests.length;
    const isAsked = () => jobs.server.requests.length > before;
    const closing = createServer((socket) => {
      socket.on('error', () => undefined);
      void waitUntil(isAsked, 'a question to the cache').then(() => socket.destroy());
    }).listen(0, '127.0.0.1');
    await once(closing, 'listening');
    const { port } = closing.address() as AddressInfo;
    const store = `ssh-ng://ci@127.0.0.1:${port}`;
    const knownHosts = jobs.builder.knownHosts(port);
    const inputs = { store, 'known-hosts': knownHosts, fallback: 'unreachable' };
    const ran = await jobs.run({ inputs });
    closing.close();
    expect(ran, ran.main.log).toMatchObject({ statuses: GOOD, downloads: 0 });
    expect(ran.main.outputs.get('mode')).toBe('local');
    expect(ran.main.log).not.toContain('could not be brought back');
  });

  it('a forged entry is ignored and counted', async () => {
    await jobs.run();
    const forged = Buffer.from('what somebody else would like Nix to have fetched');
    for (const key of await jobs.keys()) await jobs.server.replace(key, forged);
    const next = await jobs.run();
    expect(next, next.main.log).toMatchObject({ statuses: GOOD, downloads: 1 });
    expect(next.main.log).toMatch(/^ignored 1 cached file: damaged, or not sealed with this key$/m);
    expect(next.main.log).not.toMatch(/^::(warning|error)/m);
  });

  it('a slow service is waited for', async () => {
    await jobs.run();
    jobs.server.mood = { kind: 'slow', delayMs: 300 };
    expect(await jobs.run()).toMatchObject({ statuses: GOOD, downloads: 0 });
  });

  it('post warns, and succeeds, where the service fails', async () => {
    const { main, post } = await jobs.run({ moodOfPost: { kind: 'failing', status: 500 } });
    expect(main.code).toBe(0);
    expect(post.log).toMatch(/^::warning::Not everything could be kept .*: .*answered with 500/m);
    expect(await jobs.keys()).toEqual([]);
  });

  it('post is quiet where the job may not write', async () => {
    expect((await jobs.run({ moodOfPost: { kind: 'read-only' } })).post.log).toBe('');
  });

  it('a job whose service is not there builds as ever', async () => {
    await jobs.server.stop();
    const { main, post, statuses } = await jobs.run();
    expect(statuses, main.log).toEqual(GOOD);
    expect(main.log).toMatch(/^going on without the cache: .*ECONNREFUSED/m);
    expect(post.log).toMatch(/^::warning::Not everything could be kept .*ECONNREFUSED/m);
  });

  it('with `cache: false` the service is not asked for anything', async () => {
    const { statuses, downloads } = await jobs.run({ inputs: { cache: 'false' } });
    expect({ statuses, downloads }).toEqual({ statuses: GOOD, downloads: 1 });
    expect(jobs.server.requests).toEqual([]);
  });

  it('what is put aside for post holds neither the key nor, readably, what was fetched', async () => {
    const withKey: string[] = [];
    const aside: string[] = [];
    await jobs.run({
      meanwhile: async (host) => {
        withKey.push(...(await filesWith(host, partsOf(jobs.builder.key.privateKey))));
        const list = await host.output(['sh', '-c', 'find /tmp -path "*-kept-*" -type f']);
        aside.push(...list.split('\n').sort());
        const readable = await filesWith(host, ['objects/pack']);
        expect(readable.filter((file) => file.includes('-kept-'))).toEqual([]);
      },
    });
    const folder = String.raw`/temp/nix-remote-build-kept-\w+`;
    expect(aside).toEqual([
      expect.stringMatching(`${folder}/1\\.key$`),
      expect.stringMatching(`${folder}/1\\.sealed$`),
    ]);
    expect(withKey).toEqual([]);
  });

  it('a machine that has fetched something itself is left as it is', async () => {
    await jobs.run();
    await using host = await jobs.freshHost();
    const argv = ['nix', 'flake', 'prefetch', 'github:lab/other'];
    await host.output(argv, { user: 'owner', env: jobs.nixEnv });
    const asked = jobs.server.requests.length;
    expect(await jobs.run({ host })).toMatchObject({ statuses: GOOD });
    expect(jobs.server.requests).toHaveLength(asked);
  });
});

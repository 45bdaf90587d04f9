import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CacheServiceMood } from '../../lab/index.ts';
import { CachedJobs, GOOD } from '../helpers/cached-jobs.ts';

/** What takes long, for it is about waiting. */
describe('a cache service', () => {
  let jobs: CachedJobs;

  beforeAll(async () => {
    jobs = await CachedJobs.start();
  });
  beforeEach(() => jobs.renewServer());
  afterAll(() => jobs[Symbol.asyncDispose]());

  it.each<[string, CacheServiceMood, RegExp]>([
    ['that fails', { kind: 'failing', status: 503 }, /answered with 503/],
    ['that never answers', { kind: 'stalled' }, /did not answer before Nix could evaluate/],
    ['that stops in the middle', { kind: 'stalled-downloads' }, /nothing was heard for 10 s/],
    ['that hangs up in the middle', { kind: 'cut-downloads' }, /aborted/],
  ])('%s costs a while, and nothing else', async (_, mood, why) => {
    await jobs.run();
    jobs.server.mood = mood;
    const { main, ...next } = await jobs.run({ moodOfPost: { kind: 'well' } });
    expect(next, main.log).toMatchObject({ statuses: GOOD, downloads: 1 });
    expect(main.code).toBe(0);
    const [told = '', ...more] = main.log.match(/^going on without the cache: .*$/gm) ?? [];
    expect(told).toMatch(why);
    expect(more).toEqual([]);
  });

  it('that never answers costs post a while, and a warning', async () => {
    const { main, post } = await jobs.run({ moodOfPost: { kind: 'stalled' } });
    expect(main.code).toBe(0);
    expect(post.log).toMatch(/^::warning::Not everything could be kept .*nothing was heard/m);
    jobs.server.mood = { kind: 'well' };
    expect(await jobs.keys()).toEqual([]);
  });

  it.each([
    ['half of', (key: string) => jobs.server.truncate(key)],
    ['a flipped bit in', (key: string) => jobs.server.damage(key)],
  ])('that has %s an entry has nothing', async (_, harm) => {
    await jobs.run();
    for (const key of await jobs.keys()) await harm(key);
    const { main, ...next } = await jobs.run();
    expect(next, main.log).toMatchObject({ statuses: GOOD, downloads: 1 });
    expect(main.log).toMatch(/^ignored 1 cached file/m);
  });
});

import { mkdtempDisposable } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { KeptCache } from '../../src/action/cache/kept-cache.ts';
import { openKept } from '../../src/action/cache/open.ts';
import { PutAsideFolder } from '../../src/action/cache/put-aside.ts';
import { savePutAside, type SaveReport } from '../../src/action/cache/save.ts';
import { CacheService } from '../../src/action/cache/service.ts';
import { secretsOf } from '../../src/action/secrets.ts';

/** A job: what main does with the cache, then post. */
export interface Job extends AsyncDisposable {
  readonly kept: KeptCache;
  /** An existing folder of the job's own. */
  readonly folder: string;
  /** Why the cache was given up. */
  readonly troubles: readonly string[];
  /** Post: undefined if main put nothing aside. */
  post(): Promise<SaveReport | undefined>;
}

export interface JobOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly privateKey: string;
  readonly passphrase?: string;
  readonly signal?: AbortSignal;
}

/** @throws where the job has no cache */
export async function startJob({ env, privateKey, passphrase, signal }: JobOptions): Promise<Job> {
  const folder = await mkdtempDisposable(path.join(os.tmpdir(), 'job-'));
  const given = new Map([
    ['ssh-key', privateKey],
    ['ssh-key-passphrase', passphrase ?? ''],
  ]);
  const troubles: string[] = [];
  let aside: string | undefined;
  const kept = await openKept({
    env,
    secrets: secretsOf((input) => given.get(input) ?? ''),
    endpoints: [],
    aside: new PutAsideFolder(folder.path, (made) => (aside = made)),
    signal: signal ?? new AbortController().signal,
    onFound: () => undefined,
    onTrouble: (text) => troubles.push(text),
  });
  if (!kept) throw new Error('this job has no cache');
  return {
    kept,
    folder: folder.path,
    troubles,
    post: async () => {
      const service = CacheService.of(env);
      if (!service || aside === undefined) return undefined;
      return await savePutAside(aside, service);
    },
    [Symbol.asyncDispose]: async () => {
      await kept.close();
      await folder.remove();
    },
  };
}

import { stat } from 'node:fs/promises';
import { toError } from '../../domain/errors.ts';
import { Deadline, type Limits } from './deadline.ts';
import { listPutAside, removePutAside, type PutAside } from './put-aside.ts';
import type { CacheService, Saved } from './service.ts';

/** For all that a job keeps. */
const LIMITS: Limits = { totalMs: 120_000, silentMs: 10_000 };

/** What came of saving. */
export interface SaveReport {
  /** Entries, and their bytes. */
  readonly saved: number;
  readonly bytes: number;
  /** Why something was not saved; undefined if everything is there, or none of it may be. */
  readonly trouble: string | undefined;
}

/** Saves what main put aside, and removes it. Never rejects for what the service does; ends within two minutes. */
export async function savePutAside(folder: string, service: CacheService): Promise<SaveReport> {
  try {
    using deadline = new Deadline(LIMITS);
    const entries = await listPutAside(folder);
    const results = await Promise.all(entries.map((entry) => save(entry, service, deadline)));
    const saved = results.filter(({ outcome }) => outcome === 'saved');
    return {
      saved: saved.length,
      bytes: saved.reduce((sum, { bytes }) => sum + bytes, 0),
      trouble: results.find(({ trouble }) => trouble !== undefined)?.trouble,
    };
  } finally {
    service.close();
    await removePutAside(folder);
  }
}

interface Result {
  readonly outcome: Saved | 'failed';
  readonly bytes: number;
  readonly trouble?: string;
}

async function save(
  { key, file }: PutAside,
  service: CacheService,
  deadline: Deadline,
): Promise<Result> {
  try {
    const { size: bytes } = await stat(file);
    return { outcome: await service.save(key, file, deadline), bytes };
  } catch (thrown) {
    return { outcome: 'failed', bytes: 0, trouble: toError(thrown).message };
  }
}

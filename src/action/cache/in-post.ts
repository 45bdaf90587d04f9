import * as core from '@actions/core';
import { formatBytes, plural } from '../format.ts';
import { savePutAside } from './save.ts';
import { CacheService } from './service.ts';
import { removePutAside } from './put-aside.ts';

/** Saves what main put aside. It never fails the job; what is missing then is found, or made, anew in the next run. */
export async function saveKept(folder: string): Promise<void> {
  const service = CacheService.of(process.env);
  if (!service) {
    await removePutAside(folder);
    return;
  }
  const { saved, bytes, trouble } = await savePutAside(folder, service);
  if (saved > 0) core.info(`kept ${plural(saved, 'file')} for later runs, ${formatBytes(bytes)}`);
  if (trouble !== undefined)
    core.warning(`Not everything could be kept for later runs: ${trouble}`);
}

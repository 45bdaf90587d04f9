import * as core from '@actions/core';
import { NO_KEPT, type Kept } from '../../domain/kept.ts';
import { plural } from '../format.ts';
import { temporary } from '../place.ts';
import type { Secrets } from '../secrets.ts';
import { saveKeptFolder } from '../state.ts';
import { openKept, type KeptSource } from './open.ts';
import { PutAsideFolder } from './put-aside.ts';

/** The cache of a step, for as long as that lasts. */
export interface StepKept extends AsyncDisposable {
  readonly kept: Kept;
}

/** Opens the job's cache; without one, or without a private key, nothing is kept. The end tells what was ignored. */
export async function keepWith(
  mayKeep: boolean,
  secrets: Secrets,
  endpoints: KeptSource['endpoints'],
  signal: AbortSignal,
): Promise<StepKept> {
  const onTrouble = (text: string): void => core.info(`going on without the cache: ${text}`);
  const onFound = (key: string): void => core.info(`from the cache: ${key}`);
  const aside = new PutAsideFolder(temporary(), saveKeptFolder);
  const told = { onFound, onTrouble };
  const source = { secrets, endpoints, aside, signal, ...told, env: process.env };
  const cache = mayKeep ? await openKept(source) : undefined;
  return {
    kept: cache ?? NO_KEPT,
    [Symbol.asyncDispose]: async () => {
      await cache?.close();
      if (cache && cache.ignored > 0) tellOfIgnored(cache.ignored);
    },
  };
}

function tellOfIgnored(count: number): void {
  core.info(`ignored ${plural(count, 'cached file')}: damaged, or not sealed with this key`);
}

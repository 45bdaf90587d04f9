import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from './errors.ts';

/**
 * Waits for a promise, but not longer than `ms`.
 * @param what said in the error: `… did not happen within … s`
 * @param log called for the error's text
 * @throws LabError when the time is over; what was waited for goes on
 */
export async function within<T>(
  ms: number,
  what: string,
  promise: Promise<T>,
  log: () => string = () => '',
): Promise<T> {
  const timer = new AbortController();
  const expiry = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new LabError(`${what}: not within ${ms / 1000} s`, log());
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    timer.abort();
    expiry.catch(() => undefined);
  }
}

/**
 * Asks until the answer is neither `undefined` nor `false`, at most `ms` long.
 * @throws LabError when the time is over
 */
export async function until<T>(
  ms: number,
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  log: () => string = () => '',
): Promise<T> {
  const end = performance.now() + ms;
  for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) {
      return answer;
    }
    if (performance.now() > end) {
      throw new LabError(`${what}: not within ${ms / 1000} s`, log());
    }
    await sleep(pause);
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Store } from '../store/store.ts';
import type { ActivityTracker } from './activity-tracker.ts';

/** Seconds without a build starting or stopping after which closing a session surely ends its builds. */
const QUIET = 0.25;

/** Seconds that are waited for such a pause: GitHub kills a cancelled step 10 s after asking. */
const PATIENCE = 3;

/**
 * Ends a session so that its builds end on the remote.
 *
 * A daemon that loses its client while it is starting a builder can miss that: on 2.34.8 in 15 of 128 tries within 56 ms of the
 * request the builder ran on, 20 ms after its first line in none of 160. So a moment is awaited in which nothing has just started.
 */
export async function endBuilds(
  store: Store,
  tracker: ActivityTracker,
  reason: Error,
): Promise<void> {
  const deadline = performance.now() + PATIENCE * 1000;
  while (tracker.quietSeconds() < QUIET && performance.now() < deadline) await delay(10);
  store.close(reason);
}

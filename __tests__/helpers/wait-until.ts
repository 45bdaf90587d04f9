import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when the condition holds, tried every 20 ms; rejects when it does not within the limit. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await delay(20);
  }
}

import type { Span } from './activity-tracker.ts';

/** How much of a while there was in which none of these lasted, in seconds. */
export function idleSeconds(whole: Span, spans: Iterable<Span>): number {
  let idle = 0;
  let reached = whole.from;
  for (const { from, to } of [...spans].toSorted((one, other) => one.from - other.from)) {
    idle += Math.max(0, Math.min(from, whole.to) - reached);
    reached = Math.max(reached, to);
  }
  return idle + Math.max(0, whole.to - reached);
}

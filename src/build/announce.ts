import type { CopyProgress } from '../store/copy-closure.ts';
import type { Observe } from './events.ts';

/** Tells how much a copy will move, when that is known: at its first progress. */
export function announceOnce(
  kind: 'uploading' | 'copying',
  observe: Observe,
): (progress: CopyProgress) => void {
  let announced = false;
  return ({ totalPaths, totalBytes }) => {
    if (announced) return;
    announced = true;
    observe({ kind, paths: totalPaths, bytes: totalBytes });
  };
}

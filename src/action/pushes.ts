import type { PushReport } from '../build/push/push-request.ts';
import { isGood, type Outcome } from '../domain/outcome.ts';
import { code } from './markdown.ts';

/** What `results` says of pushes of one attribute; nothing where it is for no store. */
export function pushEntries(
  { attribute, status }: Outcome,
  pushes: readonly PushReport[],
): { readonly pushed?: Readonly<Record<string, boolean>> } {
  const own = pushes.flatMap(({ store, pushed, failed }) => {
    const isPushed = pushed.includes(attribute);
    return isPushed || failed.includes(attribute) ? [[store, isPushed] as const] : [];
  });
  return own.length === 0 || !isGood(status) ? {} : { pushed: Object.fromEntries(own) };
}

/** A line for each store that was pushed to. */
export function pushSection(pushes: readonly PushReport[]): string {
  return pushes
    .map(({ store, pushed, failed }) => {
      const sign = failed.length > 0 ? '❌' : '✅';
      const left = failed.length > 0 ? `, ${failed.length} failed` : '';
      return `- ${sign} pushed to ${code(store)}: ${pushed.length}${left}`;
    })
    .join('\n');
}

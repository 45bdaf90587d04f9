import type { PushReport } from '../build/push/push-request.ts';
import { isGood, type Outcome } from '../domain/outcome.ts';
import { plural } from './format.ts';
import { code } from './markdown.ts';
import { fitting } from './summary/fitting.ts';

/** Bytes of the summary's section. */
const MAX_BYTES = 20_000;

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

/** A line for each store that was pushed to, as far as there is room. */
export function pushSection(pushes: readonly PushReport[]): string {
  const lines = fitting(pushes.map(line), MAX_BYTES);
  const left = pushes.length - lines.length;
  const rest = left > 0 ? [`- ${plural(left, 'more store')}: see \`results-file\``] : [];
  return [...lines, ...rest].join('\n');
}

function line({ store, pushed, failed }: PushReport): string {
  const sign = failed.length > 0 ? '❌' : '✅';
  const left = failed.length > 0 ? `, ${failed.length} failed` : '';
  return `- ${sign} pushed to ${code(store)}: ${pushed.length}${left}`;
}

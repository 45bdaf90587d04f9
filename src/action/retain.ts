import type { InputReader } from './input-reader.ts';

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds that outputs are kept where they were built; undefined: only while the step runs. */
export function readRetain(reader: InputReader): number | undefined {
  const text = reader.text('retain');
  if (text === '') return undefined;
  const [, count = '', unit = ''] = /^([1-9]\d{0,4})([mhdw])$/.exec(text) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? 0);
  if (seconds > 0) return seconds;
  reader.complain('retain', `'${text}' is no duration`, 'Write for example 7d, 12h, 30m or 2w.');
  return undefined;
}

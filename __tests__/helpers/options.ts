import { recipes, type Attributes, type NixHost } from '../../lab/index.ts';
import { lastName, outputPath, type Ran } from './scenario.ts';

/** Builds that note when they ran, in hundredths of a second of the machine's uptime. */
export function overlapping(prefix: string, count: number, seconds: number): Attributes {
  const now = `set -- $(cat /proc/uptime); echo $1 >> $out`;
  const names = Array.from({ length: count }, (_, index) => `timed${index}`);
  return Object.fromEntries(
    names.map((name) => [
      name,
      recipes.script(`${prefix}-${name}`, `${now}; sleep ${seconds}; ${now}`),
    ]),
  );
}

/** How many of them ran at the same time at most. */
export async function overlapOf(builder: NixHost, ran: Ran): Promise<number> {
  const names = ran.results.map(({ attribute }) => lastName(attribute));
  const timed = names.filter((name) => name.startsWith('timed'));
  return mostAtOnce(await Promise.all(timed.map((name) => builder.read(outputPath(ran, name)))));
}

/** How many builds ran at the same time at most, of those that {@link overlapping} noted so. */
export function mostAtOnce(notes: readonly string[]): number {
  const spans = notes.map((text) => {
    const [start = 0, end = 0] = text.split('\n').map(Number);
    return { start, end };
  });
  return Math.max(
    ...spans.map(
      ({ start }) => spans.filter((one) => one.start <= start && start < one.end).length,
    ),
  );
}

/** Prints `cores <n>` into its log. */
export function printsCores(name: string): string {
  return recipes.script(name, 'echo cores $NIX_BUILD_CORES; echo done > $out');
}

import { expect } from 'vitest';
import { finishScenario, prepareScenario, type Ran, type Scenario } from './scenario.ts';

/** A step that failed, and what a person sees of it. */
export interface FailedStep extends Ran {
  /** Texts of all error annotations, in order; the first is the one that people read. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Of main and post together. */
  readonly seconds: number;
}

/** Runs a scenario and reads its annotations. Post must succeed whatever main did. */
export async function runToFailure(scenario: Scenario): Promise<FailedStep> {
  const start = performance.now();
  const ran = await finishScenario(await prepareScenario(scenario));
  return {
    ...ran,
    errors: annotations(ran.log, 'error'),
    warnings: annotations(ran.log, 'warning'),
    seconds: (performance.now() - start) / 1000,
  };
}

/** Nothing of what was asked for was begun, and outputs and summary say so. */
export function expectNothingBegun({
  results,
  outputs,
  summary,
}: Pick<Ran, 'results' | 'outputs' | 'summary'>): void {
  expect(results.map(({ status, outputs: paths }) => ({ status, paths }))).toEqual(
    results.map(() => ({ status: 'cancelled', paths: {} })),
  );
  expect(JSON.parse(outputs.get('failed') ?? '')).toEqual(
    results.map(({ attribute }) => attribute),
  );
  expect(JSON.parse(outputs.get('out-paths') ?? '')).toEqual([]);
  expect(summary).toMatch(/^## Nix Remote Build: ❌ nothing was built\n/);
}

/** Texts of the workflow commands `::error …::`, `::warning …::` or `::notice …::` in a log, as GitHub shows them. */
export function annotations(
  log: string,
  command: 'error' | 'warning' | 'notice',
): readonly string[] {
  const pattern = new RegExp(`^::${command}(?: [^\\n]*?)?::(.*)$`, 'gm');
  return [...log.matchAll(pattern)].map((match) => unescapeData(match[1] ?? ''));
}

/** The runner's own escapes in a command's data. */
function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

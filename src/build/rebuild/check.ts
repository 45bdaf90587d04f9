import { summarizeBuildError } from '../../diagnose/build-error.ts';
import { ActionError, asActionError } from '../../domain/errors.ts';
import type { BuildResult } from '../../domain/build-result.ts';
import { isGood, outcomeStatus, type OutcomeStatus } from '../../domain/outcome.ts';
import { isStorePath, type StorePath } from '../../domain/store-path.ts';
import { withoutColour } from '../../domain/text.ts';
import type { OutputDifference } from '../../domain/tree-difference.ts';
import { toDerivedPath, type Target } from '../target.ts';
import { upload } from '../upload.ts';
import type { Workplace } from '../workplace.ts';
import type { RebuildOptions } from './rebuild.ts';
import { differing } from './texts.ts';
import { checkPath, compareWithCheck } from './trees.ts';

/** What building again has shown of a target. */
export interface Verdict {
  readonly status: OutcomeStatus;
  readonly error: ActionError | undefined;
  readonly differences?: readonly OutputDifference[];
}

export const SAME: Verdict = { status: 'built', error: undefined };

/**
 * Builds what is valid at a place once more there, and has Nix compare (build mode check). What it compares with has to be valid, and what it is
 * built from is had as for any build.
 * @returns one verdict for each target, whatever goes wrong
 */
export async function checkAgain(
  options: RebuildOptions,
  workplace: Workplace,
  targets: readonly Target[],
): Promise<ReadonlyMap<StorePath, Verdict>> {
  const verdicts = new Map<StorePath, Verdict>();
  try {
    const failures = await uploadTo(options, workplace, targets);
    for (const [key, error] of failures) verdicts.set(key, { status: 'failed', error });
    const possible = targets.filter(({ key }) => !verdicts.has(key));
    for (const [key, result] of await answersFor(options, workplace, possible)) {
      verdicts.set(key, await verdictOf(options, workplace, result));
    }
  } catch (thrown) {
    const lost = lostVerdict(options, thrown);
    for (const { key } of targets) if (!verdicts.has(key)) verdicts.set(key, lost);
  }
  return verdicts;
}

/** The derivations of what was there already have not been sent yet. */
function uploadTo(
  { local, copyInputs, observe, signal }: RebuildOptions,
  { session, place }: Workplace,
  targets: readonly Target[],
): Promise<ReadonlyMap<StorePath, ActionError>> {
  const inputs = { copyInputs, ...place.inputs };
  const keys = targets.map(({ key }) => key);
  return upload({ local, remote: session, inputs, observe, signal }, keys);
}

/** Without keep-going one that differs ends the request: what was not answered then is asked for again. */
async function answersFor(
  { signal }: RebuildOptions,
  { session, tracker }: Workplace,
  targets: readonly Target[],
): Promise<ReadonlyMap<StorePath, BuildResult>> {
  const answers = new Map<StorePath, BuildResult>();
  tracker.onStopped = undefined; // the outputs of these builds are not kept
  for (let left = targets; left.length > 0;) {
    signal.throwIfAborted();
    tracker.requested();
    const results = await session.build(left.map(toDerivedPath), 'check', tracker.hear);
    for (const result of results) {
      const { path, status, errorMessage } = result;
      if (outcomeStatus(status, errorMessage) === 'cancelled') continue;
      answers.set(path.kind === 'built' ? path.drvPath : path.path, result);
    }
    const unanswered = left.filter(({ key }) => !answers.has(key));
    if (unanswered.length === left.length) throw unansweredError(left.length);
    left = unanswered;
  }
  return answers;
}

async function verdictOf(
  { signal }: RebuildOptions,
  workplace: Workplace,
  { status: told, errorMessage }: BuildResult,
): Promise<Verdict> {
  const output = differingOutput(errorMessage);
  // Below protocol 1.34, and where a builder answers, the text alone says so.
  const status = output === undefined ? outcomeStatus(told, errorMessage) : 'not-deterministic';
  if (isGood(status)) return SAME;
  const { place } = workplace;
  if (output === undefined) {
    const code = status === 'not-deterministic' ? status : 'build-failed';
    const message = `building it again failed: ${place.rename(summarizeBuildError(errorMessage))}`;
    return { status, error: new ActionError(code, message) };
  }
  const difference = await compareWithCheck(workplace, output, signal);
  const second = difference && `${checkPath(output)} on ${place.label}`;
  const places = [`${output} on ${place.label}`, second] as const;
  return differing([{ path: output, places, difference }]);
}

/** `derivation '…' may not be deterministic: output '…' differs`, with other quotes on 2.34; ` from '….check'` where that was kept. */
function differingOutput(errorMessage: string): StorePath | undefined {
  const text = withoutColour(errorMessage);
  const [, path] = /may not be deterministic: output ['"]([^'"]*)['"] differs/.exec(text) ?? [];
  return path !== undefined && isStorePath(path) ? path : undefined;
}

function unansweredError(count: number): ActionError {
  return new ActionError('build-failed', `the daemon did not say what came of ${count} rebuilds`);
}

export function lostVerdict({ signal }: RebuildOptions, thrown: unknown): Verdict {
  const error = asActionError(thrown);
  if (signal.aborted || error.code === 'cancelled') return { status: 'cancelled', error };
  const status = error.code === 'connection-lost' ? 'connection-lost' : 'failed';
  return { status, error };
}

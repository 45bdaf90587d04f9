import { readFile } from 'node:fs/promises';
import { parseDerivation } from '../domain/derivation.ts';
import { isGood, type Outcome } from '../domain/outcome.ts';
import { storePathName, type DrvPath, type StorePath } from '../domain/store-path.ts';
import type { Experience } from '../plan/experience.ts';
import type { Actual, PastPrediction, PastRun } from '../plan/history.ts';
import type { Prediction } from '../plan/predict.ts';
import { bytes, seconds, type Bytes } from '../plan/units.ts';
import type { Store } from '../store/store.ts';
import type { ActivityTracker, Span } from './activity-tracker.ts';
import type { Choice } from './choice.ts';
import { Deadline } from './evidence-deadline.ts';
import { idleSeconds } from './idle-seconds.ts';
import type { Seen } from './line-watch.ts';

/** A step that has copied all that it was going to copy. */
export interface EndedStep {
  readonly choice: Choice;
  /** From the choice to the last copy. */
  readonly seen: Seen;
  readonly trackers: readonly ActivityTracker[];
  readonly outcomes: readonly Outcome[];
  /** A session that nothing else needs at the moment. */
  readonly local: Store;
}

/** Of so many derivations that were built, at most, the outputs are looked at. */
const MOST_BUILDS = 1000;

/** How long the local store is asked for sizes, in milliseconds: it is near. */
const LIMIT_MS = 500;

/** What a step has to tell later ones. Asks no remote, and never rejects. */
export async function experienceOf(step: EndedStep): Promise<Experience> {
  const { choice, seen } = step;
  const run: PastRun = {
    mode: choice.mode,
    predicted: predictedFor(choice),
    actual: actualOf(step),
    builds: buildsOf(step),
  };
  return { run, links: seen.links, sizes: await sizesOf(step) };
}

function predictedFor({ mode, predictions }: Choice): PastPrediction | undefined {
  const prediction = predictions.find((each: Prediction) => each.mode === mode);
  if (!prediction) return undefined;
  const { uncorrected, bytesUp, bytesDown } = prediction;
  return {
    seconds: seconds(uncorrected.expected),
    certainSeconds: seconds(uncorrected.least),
    bytesUp: bytes(bytesUp.expected),
    bytesDown: bytes(bytesDown.expected),
  };
}

function actualOf({ choice, seen, trackers, outcomes }: EndedStep): Actual {
  const spans = trackers.flatMap((tracker) =>
    [...tracker.spans.keys()].map((each) => spanOf(tracker, each, choice)),
  );
  const areKnown = outcomes.every(({ status, error }) => isGood(status) && !error);
  const built = spans.filter((each) => each !== undefined);
  return {
    seconds:
      areKnown && built.length === spans.length
        ? seconds(idleSeconds(seen.span, built))
        : 'unknown',
    bytesUp: bytes(seen.bytesUp),
    bytesDown: bytes(seen.bytesDown),
  };
}

/** When a machine was at a build; undefined where that is not known, because copies to a builder and back count as the build. */
function spanOf(tracker: ActivityTracker, drvPath: DrvPath, { mode }: Choice): Span | undefined {
  const span = tracker.spans.get(drvPath);
  const isPassedOn = mode === 'builders' && (tracker.machineOf(drvPath) ?? '') !== '';
  return isPassedOn ? span?.own : span;
}

function buildsOf({ trackers }: EndedStep): PastRun['builds'] {
  const spans = trackers.flatMap(({ spans }) => [...spans.values()]);
  const spent = spans
    .map((span) => span.own ?? span)
    .reduce((sum, { from, to }) => sum + to - from, 0);
  return { count: spans.length, seconds: seconds(spent) };
}

/** Of what has come to the local store. */
async function sizesOf({
  choice,
  trackers,
  outcomes,
  local,
}: EndedStep): Promise<ReadonlyMap<string, Bytes>> {
  using deadline = new Deadline(LIMIT_MS);
  const wanted = outcomes
    .filter(({ copied, status }) => copied || (choice.mode === 'builders' && isGood(status)))
    .flatMap(({ outputs }) => [...outputs.values()]);
  const built =
    choice.mode === 'builders' ? trackers.flatMap(({ spans }) => [...spans.keys()]) : [];
  const outputs = await Promise.all(built.slice(0, MOST_BUILDS).map(outputsOf));
  const paths = [...new Set([...wanted, ...outputs.flat()])];
  const infos = await deadline.known(local.queryPathInfos(paths));
  if (infos === 'unknown') return new Map();
  return new Map([...infos].map(([path, { narSize }]) => [storePathName(path), bytes(narSize)]));
}

async function outputsOf(drvPath: DrvPath): Promise<readonly StorePath[]> {
  const text = await readFile(drvPath, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  try {
    const { outputs } = parseDerivation(text, drvPath);
    return [...outputs.values()].filter((path) => path !== undefined);
  } catch {
    return []; // what only Nix itself can build
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { recipes, type Builder, type NixHost, type UserName } from '../../lab/index.ts';
import { LiveStep, type Ended } from './live-step.ts';
import { runScenario } from './scenario.ts';
import { waitUntil } from './wait-until.ts';

/** How a step reaches the builder's store. */
export interface Way {
  readonly login: UserName;
  /** Parameters of the store's URI. */
  readonly query?: string;
}

export interface Cancellation {
  readonly builder: Builder;
  readonly runner: NixHost;
  readonly way: Way;
  /** What main must have printed, and how many milliseconds later it is signalled. */
  readonly after: RegExp;
  readonly delayMs: number;
  /** Default SIGINT. */
  readonly signal?: NodeJS.Signals;
}

/** The builder's file that makes {@link SILENT_MINUTE} end at once. */
export const HURRY = '/tmp/hurry';

/** For the builder's nix.conf: builds see the file, if it is there. */
export const SHOW_HURRY = `extra-sandbox-paths = ${HURRY}?`;

/** Takes a minute and says nothing, or no time at all where the builder has the file. */
export const SILENT_MINUTE = `[ -e ${HURRY} ] || sleep 60; echo done > $out`;

/** GitHub sends SIGKILL 10 s after it asked. */
const LIMIT_SECONDS = 10;

let attributes = 0;

/** Cancels a build, and shows that main ends in time with the right words and that nothing is left on either side. */
export async function cancelBuild(cancellation: Cancellation): Promise<Ended> {
  const { builder, runner, way, after, delayMs, signal = 'SIGINT' } = cancellation;
  const name = `minute${(attributes += 1)}`;
  const scenario = {
    builder,
    runner,
    ...way,
    attributes: { [name]: recipes.script(name, SILENT_MINUTE) },
  };
  const live = await LiveStep.start(scenario);
  await live.said(after);
  await delay(delayMs);
  await live.signal(signal);
  const ended = await live.ended();
  expect(ended.code, ended.log).toBe(1);
  expect(ended.secondsAfterSignal).toBeLessThan(LIMIT_SECONDS);
  expect(ended.errors).toEqual([
    expect.stringMatching(/(The workflow was cancelled|was cancelled)$/),
  ]);
  expect(ended.statuses).toEqual({ [name]: 'cancelled' });
  await nothingLeft(builder, runner);
  expect(await live.post()).toMatchObject({ code: 0 });
  return ended;
}

/** No builder on the one side within 10 s, nothing of ours on the other. */
export async function nothingLeft(builder: Builder, runner: NixHost): Promise<void> {
  // What was killed may still be giving back its memory.
  const alone = async () => (await runner.processes()).length === 0;
  await waitUntil(alone, 'the end of all processes on the runner');
  const none = async () => (await builder.builds()).length === 0;
  await waitUntil(none, 'the end of all builders on the remote', LIMIT_SECONDS * 1000);
}

/** While `act` runs, {@link SILENT_MINUTE} takes no time on that builder. */
export async function inHurry<T>(builder: Builder, act: () => Promise<T>): Promise<T> {
  await builder.output(['touch', HURRY]);
  try {
    return await act();
  } finally {
    await builder.output(['rm', HURRY]);
  }
}

/** That no lock is left: what was cancelled is built at once when it takes no time. */
export async function buildsAgain(
  { builder, runner, way }: Pick<Cancellation, 'builder' | 'runner' | 'way'>,
  names: readonly string[],
): Promise<void> {
  const entries = names.map((name) => [name, recipes.script(name, SILENT_MINUTE)] as const);
  const scenario = { builder, runner, ...way, attributes: Object.fromEntries(entries) };
  const start = performance.now();
  const ran = await inHurry(builder, () => runScenario(scenario));
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(ran.code, ran.log).toBe(0);
  expect(Object.values(ran.statuses)).toEqual(names.map(() => 'built'));
}

import { asActionError } from '../domain/errors.ts';
import type { OutcomeStatus } from '../domain/outcome.ts';
import { isDrvPath, type StorePath } from '../domain/store-path.ts';
import type { Store } from '../store/store.ts';
import type { CopyInputs } from './copy-inputs.ts';
import type { Observe } from './events.ts';
import { presentTargets } from './presence.ts';
import { buildRemotely } from './remote-build.ts';
import { shareOut, type Receiver } from './share-out.ts';
import type { Connected } from './site.ts';
import { knownOutputs, type Target, type TargetResult } from './target.ts';
import { unsupportedError } from './unsupported.ts';
import type { Workplace } from './workplace.ts';

export interface BuildingOptions {
  readonly local: Store;
  readonly copyInputs: CopyInputs;
  readonly places: readonly Connected[];
  /** Makes a workplace of a session; called once more for every further session. */
  readonly employ: (connected: Connected) => Workplace;
  readonly observe: Observe;
  readonly signal: AbortSignal;
}

const NOTHING: ReadonlyMap<StorePath, TargetResult> = new Map();

const NOWHERE = {
  outputs: new Map<string, StorePath>(),
  store: 'remote',
  remote: undefined,
  seconds: undefined,
} as const;

/** What a lost connection may be the reason for. */
const UNFINISHED: ReadonlySet<OutcomeStatus> = new Set([
  'connection-lost',
  'dependency-failed',
  'cancelled',
]);

/** How often a target is begun, before a lost connection is its result. */
const TRIES = 3;

/** How long a place that was lost is waited for where another could take over its work, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Builds targets where they can be built: what is there already is asked once of every place, the rest is dealt out. What a place could
 * not finish because its connection was lost is begun again: there, once it is back, for it still has what was finished; else at another.
 * @returns one result for each target, whatever goes wrong
 */
export async function buildAnywhere(
  options: BuildingOptions,
  targets: readonly Target[],
): Promise<ReadonlyMap<StorePath, TargetResult>> {
  const building = new Building(options);
  await building.build(targets);
  return building.results;
}

class Building {
  readonly results = new Map<StorePath, TargetResult>();
  readonly #options: BuildingOptions;
  /** By their place in the list they came in; those that were given up are left out. */
  readonly #places: Map<number, Connected>;
  readonly #employed: Workplace[] = [];

  constructor(options: BuildingOptions) {
    this.#options = options;
    this.#places = new Map(options.places.entries());
  }

  async build(targets: readonly Target[]): Promise<void> {
    const { observe, places } = this.#options;
    const workplaces = new Map(places.map((connected, index) => [index, this.#employ(connected)]));
    const missing = await this.#settlePresent([...workplaces.values()], targets);
    const cached = targets.length - missing.length;
    observe({ kind: 'to-build', attributes: missing.length, cached });
    await this.#deal(missing, 1, (index) => Promise.resolve(workplaces.get(index)));
  }

  /** @returns what is nowhere yet */
  async #settlePresent(
    workplaces: readonly Workplace[],
    targets: readonly Target[],
  ): Promise<readonly Target[]> {
    const found = await Promise.all(
      // Whom that question fails, fails the next one too, and that one is told of.
      workplaces.map((each) => presentTargets(each, targets).catch(() => NOTHING)),
    );
    return targets.filter((target) => {
      const index = found.findIndex((each) => each.has(target.key));
      const result = found[index]?.get(target.key);
      if (!result) return true;
      this.results.set(target.key, this.#asBuilt(target.key, result));
      workplaces[index]?.enqueueCopy(target, result.outputs, { validity: 'valid' });
      return false;
    });
  }

  /** What is there on a second look may have been built after the first. */
  #asBuilt(key: StorePath, result: TargetResult): TargetResult {
    if (!isDrvPath(key)) return result;
    const builder = this.#employed.find(({ tracker }) => tracker.startOf(key) !== undefined);
    if (!builder) return result;
    return { ...result, status: 'built', seconds: builder.tracker.secondsOf(key) };
  }

  #employ(connected: Connected): Workplace {
    const workplace = this.#options.employ(connected);
    this.#employed.push(workplace);
    return workplace;
  }

  /** Gives each target to a place that builds it, and has all of them build. */
  async #deal(
    targets: readonly Target[],
    attempt: number,
    workplaceAt: (index: number) => Promise<Workplace | undefined>,
  ): Promise<void> {
    const shares = await this.#shares(targets);
    await Promise.all(
      [...shares].map(async ([index, share]) => {
        const workplace = await workplaceAt(index);
        if (workplace) await this.#buildAt(index, workplace, share, attempt);
      }),
    );
  }

  /** Where there is no choice, nobody is asked. */
  async #shares(targets: readonly Target[]): Promise<ReadonlyMap<number, readonly Target[]>> {
    const [only, ...others] = this.#places.keys();
    if (only === undefined || targets.length === 0) return new Map();
    if (others.length === 0) return new Map([[only, targets]]);
    const indices = [...this.#places.keys()];
    const receivers = await this.#receivers();
    const { shares, unsupported } = await shareOut(targets, receivers);
    for (const routed of unsupported) {
      // Of a target that was begun before, its last result tells more.
      if (this.results.has(routed.key)) continue;
      const error = routed.demand && unsupportedError(routed.demand, receivers);
      this.results.set(routed.key, { status: 'unsupported-system', error, ...NOWHERE });
    }
    return Map.groupBy(
      targets.filter(({ key }) => shares.has(key)),
      ({ key }) => indices[shares.get(key) ?? 0] ?? 0,
    );
  }

  #receivers(): Promise<readonly Receiver[]> {
    return Promise.all(
      [...this.#places.values()].map(async ({ place, session }) => ({
        label: place.label,
        offer: await place.offer(),
        session,
      })),
    );
  }

  async #buildAt(
    index: number,
    workplace: Workplace,
    targets: readonly Target[],
    attempt: number,
  ): Promise<void> {
    const { local, copyInputs, observe, signal } = this.#options;
    const parts = { local, copyInputs, observe, signal, workplace };
    const answers = workplace.explain(await buildRemotely(parts, targets));
    const isUnfinished = ({ key }: Target): boolean =>
      UNFINISHED.has(answers.get(key)?.status ?? 'cancelled');
    for (const [key, result] of answers) this.#settle(key, result);
    const isLost = [...answers.values()].some(({ status }) => status === 'connection-lost');
    const unfinished = isLost ? this.#settleCopied(workplace, targets.filter(isUnfinished)) : [];
    const isWorthwhile = attempt < TRIES && !signal.aborted;
    if (unfinished.length > 0 && isWorthwhile) await this.#goOn(index, unfinished, attempt + 1);
  }

  /** Where the only machine for it does not come back, that it was lost tells more than that there is none. */
  #settle(key: StorePath, result: TargetResult): void {
    const wasLost = this.results.get(key)?.status === 'connection-lost';
    if (!wasLost || result.status !== 'unsupported-system') this.results.set(key, result);
  }

  /** What was copied before the connection was lost was built. */
  #settleCopied(workplace: Workplace, targets: readonly Target[]): readonly Target[] {
    return targets.filter((target) => {
      if (workplace.copyBack?.copied.has(target.key) !== true) return true;
      const done = { status: 'built', outputs: knownOutputs(target), error: undefined } as const;
      this.results.set(target.key, workplace.result(target.key, done));
      return false;
    });
  }

  /** The place itself still has what it finished, so it is waited for; less long where others can take over. */
  async #goOn(index: number, targets: readonly Target[], attempt: number): Promise<void> {
    const lost = this.#places.get(index);
    this.#places.delete(index);
    const others = await this.#receivers();
    const canMove = (await shareOut(targets, others)).unsupported.length === 0;
    const workplace = lost && (await this.#return(index, lost, canMove ? PATIENCE : undefined));
    if (workplace) {
      const missing = await this.#settlePresent([workplace], targets);
      if (missing.length > 0) await this.#buildAt(index, workplace, missing, attempt);
      return;
    }
    await this.#deal(targets, attempt, (other) => this.#further(other));
  }

  /** A workplace at a place that was lost, once that is back. */
  async #return(
    index: number,
    lost: Connected,
    patienceMs: number | undefined,
  ): Promise<Workplace | undefined> {
    const { signal, observe } = this.#options;
    const limits = patienceMs === undefined ? [] : [AbortSignal.timeout(patienceMs)];
    try {
      const connected = await lost.again?.(AbortSignal.any([signal, ...limits]));
      if (!connected) return undefined;
      this.#places.set(index, connected);
      return this.#employ(connected);
    } catch (error) {
      const { message } = asActionError(error);
      observe({ kind: 'warning', text: `${lost.place.label} is given up: ${message}` });
      return undefined;
    }
  }

  /** One more session at a place that may be at work; undefined if none can be had. */
  async #further(index: number): Promise<Workplace | undefined> {
    const connected = this.#places.get(index);
    return connected && (await this.#return(index, connected, PATIENCE));
  }
}

import type { OutcomeStatus } from '../domain/outcome.ts';
import { isDrvPath, type StorePath } from '../domain/store-path.ts';
import type { Store } from '../store/store.ts';
import type { CopyInputs } from './copy-inputs.ts';
import { Crew, type CrewOptions } from './crew.ts';
import type { InputWatch } from './input-watch.ts';
import type { Phases } from './phases.ts';
import { presentTargets } from './presence.ts';
import { buildRemotely } from './remote-build.ts';
import { shareOut, type Asking } from './share-out.ts';
import { knownOutputs, type Target, type TargetResult } from './target.ts';
import { unsupportedError } from './unsupported.ts';
import type { Workplace } from './workplace.ts';

export interface BuildingOptions extends CrewOptions {
  readonly local: Store;
  readonly copyInputs: CopyInputs;
  readonly inputs: InputWatch;
  readonly phases: Phases;
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
 */
export class Building {
  /** One for each target, whatever goes wrong; those that {@link Building.buildElsewhere} comes to take the place of others. */
  readonly results = new Map<StorePath, TargetResult>();
  readonly #options: BuildingOptions;
  readonly #crew: Crew;

  constructor(options: BuildingOptions) {
    this.#options = options;
    this.#crew = new Crew(options);
  }

  async build(targets: readonly Target[]): Promise<void> {
    const { observe } = this.#options;
    const workplaces = this.#crew.first();
    const missing = await this.#settlePresent(workplaces, targets);
    const cached = targets.length - missing.length;
    observe({ kind: 'to-build', attributes: missing.length, cached });
    await this.#deal(missing, 1, (index) => Promise.resolve(workplaces[index]));
  }

  /**
   * Builds once more, at other places, what was built and could not be had: who has it was lost and does not come back. What no other
   * place builds stays as it is.
   * @returns whether there was anything to do, so that there may be more to copy
   */
  async buildElsewhere(targets: readonly Target[]): Promise<boolean> {
    const { signal } = this.#options;
    const stranded = targets.filter(({ key }) => this.#crew.isStranded(key));
    if (stranded.length === 0 || signal.aborted) return false;
    this.#crew.loseWho(({ copyBack }) => stranded.some(({ key }) => copyBack?.stranded.has(key)));
    const others = await this.#crew.receivers();
    if (others.length === 0) return false;
    const { shares } = await shareOut(stranded, others, 'do-not-ask');
    const movable = stranded.filter(({ key }) => shares.has(key));
    await this.#deal(movable, TRIES, (index) => this.#crew.further(index, PATIENCE));
    return movable.length > 0;
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
    const builder = this.#crew.builderOf(key);
    if (!builder) return result;
    return { ...result, status: 'built', seconds: builder.tracker.secondsOf(key) };
  }

  /** Gives each target to a place that builds it, and has all of them build. */
  async #deal(
    targets: readonly Target[],
    attempt: number,
    workplaceAt: (index: number) => Promise<Workplace | undefined>,
  ): Promise<void> {
    // Later on, sessions are at work, and what they are asked has to wait.
    const shares = await this.#shares(targets, attempt === 1 ? 'ask' : 'do-not-ask');
    await Promise.all(
      [...shares].map(async ([index, share]) => {
        const workplace = await workplaceAt(index);
        if (workplace) return this.#buildAt(index, workplace, share, attempt);
        this.#crew.lose(index);
        return this.#deal(share, attempt, workplaceAt);
      }),
    );
  }

  /** Where there is no choice, nobody is asked. */
  async #shares(
    targets: readonly Target[],
    asking: Asking,
  ): Promise<ReadonlyMap<number, readonly Target[]>> {
    const indices = this.#crew.alive;
    const [only, ...others] = indices;
    if (only === undefined || targets.length === 0) return new Map();
    if (others.length === 0) return new Map([[only, targets]]);
    const receivers = await this.#crew.receivers();
    const { shares, unsupported } = await shareOut(targets, receivers, asking);
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

  async #buildAt(
    index: number,
    workplace: Workplace,
    targets: readonly Target[],
    attempt: number,
  ): Promise<void> {
    const { local, copyInputs, observe, signal, inputs, phases } = this.#options;
    const parts = { local, copyInputs, observe, signal, workplace, watch: inputs, phases };
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
    this.#crew.lose(index);
    const others = await this.#crew.receivers();
    const { unsupported } = await shareOut(targets, others, 'do-not-ask');
    const patience = unsupported.length === 0 ? PATIENCE : undefined;
    const workplace = await this.#crew.further(index, patience);
    if (workplace) {
      const missing = await this.#settlePresent([workplace], targets);
      if (missing.length > 0) await this.#buildAt(index, workplace, missing, attempt);
      return;
    }
    await this.#deal(targets, attempt, (other) => this.#crew.further(other, PATIENCE));
  }
}

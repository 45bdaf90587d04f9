import { asActionError, type ActionError } from '../domain/errors.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';
import type { Observe } from './events.ts';
import type { Receiver } from './share-out.ts';
import type { Connected } from './site.ts';
import type { Workplace } from './workplace.ts';

export interface CrewOptions {
  readonly places: readonly Connected[];
  /** Makes a workplace of a session; called once more for every further session. */
  readonly employ: (connected: Connected) => Workplace;
  readonly observe: Observe;
  readonly signal: AbortSignal;
}

/** The places that build, by their positions, and all workplaces there have been. */
export class Crew {
  readonly #options: CrewOptions;
  /** As they were connected last. */
  readonly #places: Connected[];
  readonly #alive: Set<number>;
  readonly #employed: { readonly index: number; readonly workplace: Workplace }[] = [];

  constructor(options: CrewOptions) {
    this.#options = options;
    this.#places = [...options.places];
    this.#alive = new Set(options.places.keys());
  }

  /** Those that are not lost. */
  get alive(): readonly number[] {
    return [...this.#alive];
  }

  /** A workplace at each, on the session that it came with. */
  first(): readonly Workplace[] {
    return this.#places.map((connected, index) => this.#employ(index, connected));
  }

  /** The first that was seen to start building this. */
  builderOf(drvPath: DrvPath): Workplace | undefined {
    return this.#employed.find(({ workplace }) => workplace.tracker.startOf(drvPath) !== undefined)
      ?.workplace;
  }

  /** What those that are not lost can build, in the order of {@link alive}. */
  receivers(): Promise<readonly Receiver[]> {
    const places = this.alive.flatMap((index) => this.#places[index] ?? []);
    return Promise.all(
      places.map(async ({ place, session }) => ({
        label: place.label,
        offer: await place.offer(),
        session,
      })),
    );
  }

  lose(index: number): void {
    this.#alive.delete(index);
  }

  /** Loses those with such a workplace. */
  loseWho(isLost: (workplace: Workplace) => boolean): void {
    for (const { index, workplace } of this.#employed) {
      if (isLost(workplace)) this.lose(index);
    }
  }

  /** Whether what was built stays where nobody can get it from, and is nowhere else. */
  isStranded(key: StorePath): boolean {
    const copying = this.#employed.flatMap(({ workplace }) => workplace.copyBack ?? []);
    const isHere = copying.some(({ copied }) => copied.has(key));
    return !isHere && copying.some(({ stranded }) => stranded.has(key));
  }

  /**
   * A workplace in one more session at a place, which may be at work, or lost and back.
   * @param patienceMs for how long it is waited for; undefined: for as long as connecting again is tried
   * @returns undefined if none can be had
   */
  async further(index: number, patienceMs: number | undefined): Promise<Workplace | undefined> {
    const { signal, observe } = this.#options;
    const lost = this.#places[index];
    if (!lost?.again) return undefined;
    const limits = patienceMs === undefined ? [] : [AbortSignal.timeout(patienceMs)];
    try {
      const connected = await lost.again(AbortSignal.any([signal, ...limits]));
      this.#places[index] = connected;
      this.#alive.add(index);
      return this.#employ(index, connected);
    } catch (error) {
      const reason = asActionError(error);
      const text = `${lost.place.label} is given up: ${reason.message}`;
      observe({ kind: 'warning', text });
      if (!this.#alive.has(index)) await this.#giveUp(index, reason);
      return undefined;
    }
  }

  async #giveUp(index: number, reason: ActionError): Promise<void> {
    const there = this.#employed.filter((each) => each.index === index);
    await Promise.all(there.map(({ workplace }) => workplace.giveUp(reason)));
  }

  #employ(index: number, connected: Connected): Workplace {
    const workplace = this.#options.employ(connected);
    this.#employed.push({ index, workplace });
    return workplace;
  }
}

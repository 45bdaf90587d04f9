import type { DrvPath } from '../domain/store-path.ts';
import { NOTHING, sum, type Estimate } from './estimate.ts';
import type { RemoteId } from './evidence.ts';

/** What moves over the line to one remote, in bytes. */
export interface Traffic {
  readonly up: Estimate;
  readonly down: Estimate;
}

/** What a mode takes, in bytes, questions and builds; seconds follow from that (predict.ts). */
export interface Load {
  /** By remote; one that has nothing to do is not in it. */
  readonly traffic: ReadonlyMap<RemoteId, Traffic>;
  /** Bytes from caches to the runner. */
  readonly fetched: Estimate;
  /** What has to be built, and is not built already on who would be asked. */
  readonly builds: ReadonlySet<DrvPath>;
  /** Builds that Nix asks of a machine one by one, built already or not: how many, and how many of them in a row. */
  readonly asked: { readonly count: number; readonly depth: number };
  /** Round trips in a row, whatever is built. */
  readonly exchanges: number;
}

/** Collects traffic. */
export class TrafficTable {
  readonly #table = new Map<RemoteId, Traffic>();

  add(remote: RemoteId, more: Partial<Traffic>): void {
    const { up, down } = this.#table.get(remote) ?? { up: NOTHING, down: NOTHING };
    this.#table.set(remote, {
      up: more.up ? sum([up, more.up]) : up,
      down: more.down ? sum([down, more.down]) : down,
    });
  }

  get traffic(): ReadonlyMap<RemoteId, Traffic> {
    return this.#table;
  }
}

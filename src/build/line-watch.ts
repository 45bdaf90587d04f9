import type { RemoteId } from '../plan/evidence.ts';
import type { PastLink } from '../plan/history.ts';
import { RateMeter } from '../plan/rate-meter.ts';
import { milliseconds } from '../plan/units.ts';
import type { Span } from './activity-tracker.ts';
import type { Clock } from './events.ts';
import type { Line } from './lines.ts';

/** Milliseconds from one look to the next. */
const EVERY_MS = 50;

/** One direction of one line. */
interface Watched {
  readonly line: Line;
  readonly up: RateMeter;
  readonly down: RateMeter;
  sent: number;
  received: number;
}

/** What was seen of lines from the beginning until now. */
export interface Seen {
  readonly span: Span;
  /** Over all of them. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  /** What there was to find out. Of two lines to one remote, each direction is that of the one on which more moved. */
  readonly links: ReadonlyMap<RemoteId, PastLink>;
}

/** Looks at lines while a step uses them, to find out how fast they are. Asks nobody, and keeps no process alive. */
export class LineWatch implements Disposable {
  readonly #watched: readonly Watched[];
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;
  readonly #from: number;
  #last: number;
  #bytesUp = 0;
  #bytesDown = 0;

  constructor(lines: readonly Line[], clock: Clock) {
    this.#watched = lines.map((line) => ({
      line,
      up: new RateMeter(),
      down: new RateMeter(),
      sent: line.traffic.bytesSent,
      received: line.traffic.bytesReceived,
    }));
    this.#clock = clock;
    this.#from = clock();
    this.#last = this.#from;
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref();
  }

  /** Looks once more. */
  seen(): Seen {
    this.#look();
    const byRemote = Map.groupBy(this.#watched, ({ line }) => line.id);
    return {
      span: { from: this.#from, to: this.#last },
      bytesUp: this.#bytesUp,
      bytesDown: this.#bytesDown,
      links: new Map([...byRemote].map(([id, watched]) => [id, linkOf(watched)])),
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = this.#clock();
    const seconds = now - this.#last;
    this.#last = now;
    for (const each of this.#watched) {
      const { bytesSent, bytesReceived } = each.line.traffic;
      const [up, down] = [bytesSent - each.sent, bytesReceived - each.received];
      each.up.add(up, seconds);
      each.down.add(down, seconds);
      this.#bytesUp += up;
      this.#bytesDown += down;
      each.sent = bytesSent;
      each.received = bytesReceived;
    }
  }
}

function linkOf(watched: readonly Watched[]): PastLink {
  const roundTrips = watched.flatMap(({ line }) => line.roundTripMs ?? []);
  return {
    roundTripMs: roundTrips.length === 0 ? 'unknown' : milliseconds(Math.min(...roundTrips)),
    up: busiest(watched.map(({ up }) => up)),
    down: busiest(watched.map(({ down }) => down)),
  };
}

function busiest(meters: readonly RateMeter[]): RateMeter['rate'] {
  const [most] = meters.toSorted((one, other) => other.bytes - one.bytes);
  return most?.rate ?? 'unknown';
}

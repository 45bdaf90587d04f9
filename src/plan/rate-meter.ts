import { bytesPerSecond, type BytesPerSecond, type Known } from './units.ts';

/** Less says nothing: it fits into buffers on the way. */
const BYTES_THAT_COUNT = 1_000_000;

/** What takes fewer looks is over before its rate can be told from that of filling a buffer. */
const LOOKS_THAT_COUNT = 3;

/** A transfer goes on as long as its rate does not change by more than this factor; else something else has begun, or nothing moves. */
const STEADY = 4;

/** A while in which bytes moved at much the same rate. */
interface Stretch {
  readonly bytes: number;
  readonly seconds: number;
  readonly looks: number;
}

/**
 * Tells a line's rate from how much moved between one look at it and the next: that of the largest transfer. Lines of a log, and waits
 * between transfers, are no part of it.
 */
export class RateMeter {
  #current: Stretch | undefined;
  #largest: Stretch | undefined;

  /** So many bytes moved since the last look, so many seconds ago. */
  add(bytes: number, seconds: number): void {
    if (seconds <= 0) return;
    const look = { bytes, seconds, looks: 1 };
    const goesOn = this.#current && isSteady(this.#current, look);
    this.#current = goesOn ? joined(this.#current, look) : look;
    const { looks, bytes: moved } = this.#current;
    const counts = looks >= LOOKS_THAT_COUNT && moved >= BYTES_THAT_COUNT;
    if (counts && moved > (this.#largest?.bytes ?? 0)) this.#largest = this.#current;
  }

  get rate(): Known<BytesPerSecond> {
    return this.#largest ? bytesPerSecond(this.#largest.bytes, this.#largest.seconds) : 'unknown';
  }

  /** How many bytes the rate rests on. */
  get bytes(): number {
    return this.#largest?.bytes ?? 0;
  }
}

function isSteady(stretch: Stretch, look: Stretch): boolean {
  const [before, now] = [stretch.bytes / stretch.seconds, look.bytes / look.seconds];
  return now * STEADY >= before && now <= before * STEADY;
}

function joined(one: Stretch | undefined, other: Stretch): Stretch {
  return {
    bytes: (one?.bytes ?? 0) + other.bytes,
    seconds: (one?.seconds ?? 0) + other.seconds,
    looks: (one?.looks ?? 0) + other.looks,
  };
}

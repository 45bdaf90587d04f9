import type { DirectionName, Fault, FaultKind, Lane } from './shape.ts';

/** With no rate: what 500 MiB/s put on a line of 100 ms, and some more. */
const UNLIMITED_BUFFER = 128 << 20;
/** With a rate: what a router on the way would hold beside what is on the line. */
const ROUTER_BUFFER = 256 << 10;

interface ArmedFault {
  readonly id: number;
  readonly kind: FaultKind;
  /** Value of `delivered` of the byte that it strikes. */
  readonly at: number;
}

/** What the connections of a link have in common in one direction. */
export class Direction {
  readonly name: DirectionName;
  lane: Lane;
  /** Bytes handed on so far. */
  delivered = 0;
  readonly #faults: ArmedFault[] = [];
  readonly #strike: (id: number, kind: FaultKind) => void;
  #lineFreeAt = 0;

  constructor(name: DirectionName, lane: Lane, strike: (id: number, kind: FaultKind) => void) {
    this.name = name;
    this.lane = lane;
    this.#strike = strike;
  }

  /** Bytes of one connection that may be under way; above, its sender has to wait. */
  get capacity(): number {
    const { bytesPerSecond, delayMs } = this.lane;
    return Number.isFinite(bytesPerSecond)
      ? ROUTER_BUFFER + (bytesPerSecond * delayMs) / 1000
      : UNLIMITED_BUFFER;
  }

  /** When bytes that arrive now come out at the other end, in milliseconds of `performance.now()`. */
  dueAt(bytes: number): number {
    const start = Math.max(performance.now(), this.#lineFreeAt);
    this.#lineFreeAt = start + (bytes / this.lane.bytesPerSecond) * 1000;
    return this.#lineFreeAt + this.lane.delayMs;
  }

  arm(id: number, fault: Fault): void {
    this.#faults.push({ id, kind: fault.kind, at: this.delivered + fault.afterBytes });
  }

  /**
   * Counts a chunk that is about to be handed on, and lets the faults strike that lie in it.
   * @returns what to hand on, a byte of it perhaps changed, and what a stall or cut holds back
   */
  pass(chunk: Buffer): { readonly passed: Buffer; readonly held: Buffer } {
    let passed = chunk;
    let held = chunk.subarray(chunk.length);
    const start = this.delivered;
    for (let fault = this.#next(); fault !== undefined && fault.at < start + passed.length;) {
      this.#faults.splice(this.#faults.indexOf(fault), 1);
      const offset = Math.max(0, fault.at - start);
      if (fault.kind === 'corrupt') {
        passed = flipBit(passed, offset);
      } else {
        held = passed.subarray(offset);
        passed = passed.subarray(0, offset);
      }
      this.#strike(fault.id, fault.kind);
      fault = this.#next();
    }
    this.delivered += passed.length;
    return { passed, held };
  }

  /** The first fault on the way. */
  #next(): ArmedFault | undefined {
    return this.#faults.toSorted((one, other) => one.at - other.at)[0];
  }
}

function flipBit(chunk: Buffer, offset: number): Buffer {
  const copy = Buffer.from(chunk);
  copy.writeUInt8(copy.readUInt8(offset) ^ 0x10, offset);
  return copy;
}

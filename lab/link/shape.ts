/** `up` is from the runner to the builder, `down` the way back. */
export type DirectionName = 'up' | 'down';

export const DIRECTIONS: readonly DirectionName[] = ['up', 'down'];

/** How one direction behaves. */
export interface Lane {
  /** Milliseconds that each byte takes. */
  readonly delayMs: number;
  /** Bytes a second, shared by all connections; `Infinity` for no limit. */
  readonly bytesPerSecond: number;
}

export interface Shape {
  readonly up: Lane;
  readonly down: Lane;
  /**
   * Whether a new connection costs what TCP's three-way handshake costs: the far end answers as late as it would over a real
   * line. (Its `connect` event comes at once all the same, for the kernel accepts for us.)
   */
  readonly handshake: boolean;
}

/**
 * - `stall`: nothing passes any more, in either direction, as if a cable was pulled
 * - `cut`: every connection is reset; new ones work
 * - `corrupt`: one bit of one byte is turned
 */
export type FaultKind = 'stall' | 'cut' | 'corrupt';

/** Something that goes wrong when so many bytes have passed from now on, over all connections. */
export interface Fault {
  readonly kind: FaultKind;
  readonly direction: DirectionName;
  /** 0: the next byte. */
  readonly afterBytes: number;
}

export interface Counters {
  /** Bytes delivered since the link was started. */
  readonly up: number;
  readonly down: number;
  /** Connections ever made, and those open now. */
  readonly connections: number;
  readonly open: number;
}

/** A command to the thread of the link. */
export type Command =
  | { readonly kind: 'shape'; readonly shape: Shape }
  | { readonly kind: 'arm'; readonly fault: Fault }
  | { readonly kind: 'stall' | 'resume' | 'cut' | 'counters' };

export type Request = Command & { readonly id: number };

/** What the thread says: that it listens, an answer, or that an armed fault (known by its request's id) happened. */
export type Reply =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'answer'; readonly id: number; readonly counters: Counters }
  | { readonly kind: 'fired'; readonly id: number };

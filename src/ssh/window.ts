import type { ClientChannel } from 'ssh2';

import { ActionError } from '../domain/errors.ts';

const MIB = 1024 * 1024;

/** What ssh2 grants a channel by itself (lib/Channel.js, MAX_WINDOW). */
export const SSH2_WINDOW = 2 * MIB;

const WIDEST_WINDOW = 32 * MIB;

/** One channel carries at most window / round trip; this is the rate the window is to allow. */
const BYTES_PER_MS = 400_000;

/** The receive window, in bytes, that lets one channel use a link of this round trip. */
export function windowFor(roundTripMs: number): number {
  const wanted = Math.ceil((roundTripMs * BYTES_PER_MS) / MIB) * MIB;
  return Math.min(Math.max(wanted, SSH2_WINDOW), WIDEST_WINDOW);
}

/** The parts of an ssh2 channel that its types do not declare (ssh2 1.17.0, lib/Channel.js). */
interface ChannelInternals {
  readonly incoming: { window: number };
  readonly outgoing: { readonly id: number; readonly state: string };
  readonly _client: {
    readonly _protocol: { channelWindowAdjust(channel: number, bytes: number): void };
  };
}

/**
 * Grants the far side more than ssh2's fixed 2 MiB in flight. What was received and not consumed counts against
 * the window, so a reader that pauses holds at most one window in memory.
 */
export class ReceiveWindow {
  readonly #channel: ChannelInternals;
  readonly #bytes: number;

  constructor(channel: ClientChannel, bytes: number) {
    this.#channel = internalsOf(channel);
    this.#bytes = bytes;
  }

  /** @param unconsumed bytes received that nobody has read yet */
  refill(unconsumed: number): void {
    if (this.#bytes <= SSH2_WINDOW) return;
    const { incoming, outgoing, _client } = this.#channel;
    const grant = this.#bytes - incoming.window - unconsumed;
    // In few and large steps: each costs a packet.
    if (grant < this.#bytes / 8 || (outgoing.state !== 'open' && outgoing.state !== 'eof')) return;
    incoming.window += grant;
    _client._protocol.channelWindowAdjust(outgoing.id, grant);
  }

  /**
   * Grants nothing more, before the channel is closed. ssh2 by itself goes on to, while what was on its way arrives; the far side may have
   * given the channel's number to the next one by then, which would send more than ssh2 has room for, and ssh2 drops that without a word.
   */
  end(): void {
    this.#channel.incoming.window = Infinity;
  }
}

function internalsOf(channel: object): ChannelInternals {
  if (!hasInternals(channel)) {
    throw new ActionError('internal', 'ssh2 has changed: a channel has no window to widen');
  }
  return channel;
}

function hasInternals(channel: object): channel is ChannelInternals {
  const { incoming, outgoing, _client } = channel as Partial<ChannelInternals>;
  return (
    typeof incoming?.window === 'number' &&
    typeof outgoing?.id === 'number' &&
    typeof outgoing.state === 'string' &&
    typeof _client?._protocol.channelWindowAdjust === 'function'
  );
}

import type { ClientChannel } from 'ssh2';

import { ActionError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';

/** What is asked for, and of whom, for people; and how long an answer may take. */
export interface Asked {
  readonly what: string;
  readonly label: string;
  readonly timeoutMs: number;
}

/** One request to open a channel. */
export interface ChannelRequest<T> extends Asked {
  /** Sends the request; ssh2 answers through the callback, or throws. */
  readonly start: (done: (error: Error | undefined, channel: ClientChannel) => void) => void;
  /** Called at once with the channel: what it emits in the same turn would be missed later. */
  readonly accept: (channel: ClientChannel) => T;
}

/**
 * Opens a channel. One that opens after the time limit is closed again.
 * @throws ActionError `channel-refused`
 */
export function requestChannel<T>(request: ChannelRequest<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reject(noAnswer(request));
  }, request.timeoutMs);
  const done = (error: Error | undefined, channel: ClientChannel) => {
    clearTimeout(timer);
    if (error !== undefined) reject(channelRefused(request, error));
    else if (late) channel.close();
    else resolve(request.accept(channel));
  };
  try {
    request.start(done);
  } catch (error) {
    clearTimeout(timer);
    reject(channelRefused(request, error));
  }
  return promise;
}

/** What ssh2 puts before the server's own reason. */
const SSH2_PREFIX = /^\(SSH\) (?:Channel open failure: )?/;

export function noAnswer({ what, label, timeoutMs }: Asked): ActionError {
  return new ActionError(
    'channel-refused',
    `${label} did not answer the request for ${what} within ${timeoutMs / 1000} s`,
  );
}

export function channelRefused({ what, label }: Asked, cause: unknown): ActionError {
  const said = cause instanceof Error ? cause.message.replace(SSH2_PREFIX, '') : String(cause);
  const reason = printable(said);
  return new ActionError('channel-refused', `${label} refused ${what}: ${reason}`, {
    hint: 'sshd allows MaxSessions programs on one connection (10), and may forbid forwarding (restrict, AllowStreamLocalForwarding).',
    cause,
  });
}

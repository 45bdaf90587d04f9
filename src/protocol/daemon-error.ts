import { ActionError, type ErrorCode } from '../domain/errors.ts';
import { oneLine } from '../domain/text.ts';
import type { Decoding, WireReader } from './wire-reader.ts';

/** What a daemon said went wrong, verbatim: `message` may hold colours and several lines. */
export class NixError extends Error {
  override readonly name = 'NixError';
  /** Nix's verbosity level of the error; 0 is an error. */
  readonly level: number;
  /** Nix's `… while …` lines, innermost last. */
  readonly traces: readonly string[];

  constructor(message: string, level = 0, traces: readonly string[] = []) {
    super(message);
    this.level = level;
    this.traces = traces;
  }
}

/** The body of an ERROR message since protocol 1.26 (`Error` in `worker-protocol`; positions are never sent). */
export function* readNixError(reader: WireReader): Decoding<NixError> {
  yield* reader.string(); // "Error"
  const level = yield* reader.u64();
  yield* reader.string(); // a name that nothing uses any more
  const message = yield* reader.string();
  yield* reader.u64(); // havePos
  const traces = yield* reader.list(function* () {
    yield* reader.u64(); // havePos
    return yield* reader.string();
  });
  return new NixError(message, level, traces);
}

interface Known {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  readonly hint: (label: string) => string;
}

const KNOWN: readonly Known[] = [
  {
    code: 'disk-full',
    pattern: /No space left on device|database or disk is full|Disk quota exceeded/,
    hint: (label) => `Free disk space for ${label}, for example with nix-collect-garbage.`,
  },
  {
    // "lacks a valid signature" up to 2.11
    code: 'signature-required',
    pattern: /lacks a (?:valid signature|signature by a trusted key)/,
    hint: (label) =>
      `The daemon of ${label} must trust this user (trusted-users) or the key that signed the path (trusted-public-keys).`,
  },
];

/**
 * A daemon's error as ours: `disk-full` and `signature-required` where Nix's text says so, else `daemon-error`. Nix's words are in
 * the message on one line, and verbatim in `cause`.
 */
export function daemonError(label: string, error: NixError): ActionError {
  const known = KNOWN.find(({ pattern }) => pattern.test(error.message));
  return new ActionError(known?.code ?? 'daemon-error', `${label}: ${oneLine(error.message)}`, {
    hint: known?.hint(label),
    cause: error,
  });
}

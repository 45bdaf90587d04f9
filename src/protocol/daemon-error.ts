import { diagnose } from '../diagnose/diagnose.ts';
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

/** Codes of its own that a daemon's words can give an operation; with any other it is the daemon that failed. */
const OWN_CODES: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode>([
  'disk-full',
  'signature-required',
]);

/**
 * A daemon's error as ours: `disk-full` and `signature-required` where Nix's text says so, else `daemon-error`. Nix's words are in
 * the message on one line, and verbatim in `cause`.
 */
export function daemonError(label: string, error: NixError): ActionError {
  const known = diagnose(error.message, { machine: label });
  const code = known?.code !== undefined && OWN_CODES.has(known.code) ? known.code : 'daemon-error';
  return new ActionError(code, `${label}: ${oneLine(error.message)}`, {
    hint: known?.remedy,
    cause: error,
  });
}

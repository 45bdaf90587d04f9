/** What can go wrong, each as one word: `results`, tests and docs/troubleshooting.md key on it. */
export const ERROR_CODES = [
  // what the user wrote
  'input-invalid',
  'store-uri-invalid',
  'machines-invalid',
  'key-invalid',
  'key-passphrase',
  'credentials-missing',
  'known-hosts-invalid',
  // reaching the remote
  'host-unresolvable',
  'host-unreachable',
  'connect-timeout',
  'host-key-unknown',
  'host-key-mismatch',
  'host-key-revoked',
  'authentication-failed',
  'connection-lost',
  'channel-refused',
  // installing Nix
  'download-failed',
  'checksum-mismatch',
  'install-failed',
  // talking to a Nix daemon
  'nix-missing',
  'protocol-mismatch',
  'protocol-too-old',
  'protocol-violation',
  'daemon-error',
  'daemon-untrusted',
  'daemon-elsewhere',
  // moving store paths
  'path-invalid',
  'nar-invalid',
  'nar-hash-mismatch',
  'signature-required',
  'disk-full',
  // evaluating and building
  'evaluation-failed',
  'installable-unknown',
  'unsupported-derivation',
  'unsupported-system',
  'build-failed',
  'not-deterministic',
  'push-failed',
  'cancelled',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export function isErrorCode(text: string): text is ErrorCode {
  return ERROR_CODES.some((code) => code === text);
}

/** What an error says besides its message. */
export interface ErrorDetails {
  /** What the reader can do about it: a sentence, or the exact line to add somewhere. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A failure that a person reads: `message` says what is wrong and where, in one line; `hint` what to do.
 * Neither ever holds a secret.
 */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}

/** Any thrown value as an error, so that what catches it need not ask. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Any thrown value as an error that a person can read; what nobody expected is `internal`. */
export function asActionError(thrown: unknown): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const cause = toError(thrown);
  return new ActionError('internal', cause.message, { cause });
}

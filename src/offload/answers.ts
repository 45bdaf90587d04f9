import type { ActivityId } from '../domain/activity.ts';
import { ActionError, asActionError } from '../domain/errors.ts';
import { DONE, LAST_MESSAGE, writeBuildResults, writeError } from '../protocol/replies.ts';
import type { ProtocolVersion } from '../protocol/version.ts';
import type { Answer, BuildRequest } from './take-over.ts';

/** The answers that the client gets from here. */
export type OwnAnswer = Exclude<Answer, { readonly kind: 'pass' }>;

/**
 * The id by which a client knows an activity that is not the local daemon's. Ids are (pid << 32) + n (logging.cc), on either
 * machine, so two of them may be equal; bit 62 is in none.
 */
export function foreignActivityId(id: ActivityId): ActivityId {
  return id | (1n << 62n);
}

/** @param version what was negotiated with the client */
export function writeAnswer(
  answer: OwnAnswer,
  { operation }: BuildRequest,
  version: ProtocolVersion,
): Buffer {
  if (answer.kind === 'error') return writeError(answer);
  if (answer.kind === 'built' && operation === 'BuildPaths') {
    return Buffer.concat([LAST_MESSAGE, DONE]);
  }
  if (answer.kind === 'results' && operation === 'BuildPathsWithResults') {
    return Buffer.concat([LAST_MESSAGE, writeBuildResults(answer.results, version)]);
  }
  const message = `${operation} cannot be answered with '${answer.kind}'`;
  return writeError(failure(new ActionError('internal', message)));
}

/** What a client is told of something thrown. */
export function failure(thrown: unknown): Extract<Answer, { readonly kind: 'error' }> {
  const { message, hint } = asActionError(thrown);
  return { kind: 'error', message: hint === undefined ? message : `${message}\n${hint}` };
}

/** The answer to BuildDerivation: Nix sends it only to a store that it was given as a builder. */
export const NO_BUILDER = writeError({
  message:
    'this socket may not be used as a builder: it stands for the local store, which would wait for itself\n' +
    "Take its unix:// address out of Nix's setting 'builders'.",
});

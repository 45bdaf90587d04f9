import type { ActivityField, ActivityId, DaemonEvent } from '../domain/activity.ts';
import type { BuildResult } from '../domain/build-result.ts';
import { writeKeyedBuildResult } from './build-result.ts';
import { MESSAGE } from './messages.ts';
import type { ProtocolVersion } from './version.ts';
import { WireWriter } from './wire-writer.ts';

/** A server's side of answers. Before its answer it tells events, then LAST, or an error in place of both. */

/** LAST: what follows is the answer. */
export const LAST_MESSAGE = message(MESSAGE.last).finish();

/** What many operations answer, BuildPaths among them. */
export const DONE = new WireWriter().u64(1).finish();

/** @param mapId gives each activity the id that the client is to know it by; it is not asked about 0, which means none. */
export function writeEvent(event: DaemonEvent, mapId: (id: ActivityId) => ActivityId): Buffer {
  switch (event.kind) {
    case 'message':
      return message(MESSAGE.next).string(event.text).finish();
    case 'stop':
      return message(MESSAGE.stopActivity).u64(mapId(event.id)).finish();
    case 'result': {
      const writer = message(MESSAGE.result).u64(mapId(event.id)).u64(event.type);
      return writeFields(writer, event.fields).finish();
    }
    case 'start': {
      const writer = message(MESSAGE.startActivity)
        .u64(mapId(event.id))
        .u64(event.level)
        .u64(event.type)
        .string(event.text);
      const parent = event.parent === 0n ? 0n : mapId(event.parent);
      return writeFields(writer, event.fields).u64(parent).finish();
    }
  }
}

/** What went wrong, in Nix's words. */
export interface ErrorReply {
  /** May hold colours and several lines. */
  readonly message: string;
  /** Nix's verbosity level; 0, an error, unless said. */
  readonly level?: number | undefined;
  /** `… while …`, innermost last. */
  readonly traces?: readonly string[] | undefined;
}

/** ERROR as of protocol 1.26: it stands where {@link LAST_MESSAGE} and the answer would. */
export function writeError({ message: text, level = 0, traces = [] }: ErrorReply): Buffer {
  const writer = message(MESSAGE.error)
    .string('Error')
    .u64(level)
    .string('Error') // a name that nothing uses any more
    .string(text)
    .u64(0) // havePos
    .u64(traces.length);
  for (const trace of traces) writer.u64(0).string(trace);
  return writer.finish();
}

/**
 * What BuildPathsWithResults answers. Outputs are written as the realisations they were read from: where there are none, a client
 * asks for its outputs by itself.
 * @param version what was negotiated with the client
 */
export function writeBuildResults(
  results: readonly BuildResult[],
  version: ProtocolVersion,
): Buffer {
  const writer = new WireWriter().u64(results.length);
  for (const result of results) writeKeyedBuildResult(writer, result, version);
  return writer.finish();
}

function message(type: number): WireWriter {
  return new WireWriter().u64(type);
}

function writeFields(writer: WireWriter, fields: readonly ActivityField[]): WireWriter {
  writer.u64(fields.length);
  for (const field of fields) {
    if (typeof field === 'string') writer.u64(1).string(field);
    else writer.u64(0).u64(field);
  }
  return writer;
}

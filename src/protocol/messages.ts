import type { ActivityField, DaemonEvent, DaemonListener } from '../domain/activity.ts';
import { readNixError, type NixError } from './daemon-error.ts';
import { type Decoding, violation, type WireReader } from './wire-reader.ts';

/** What precedes every answer (`worker-protocol.hh`). READ and WRITE belong to operations that we never use. */
export const MESSAGE = {
  next: 0x6f6c6d67,
  read: 0x64617461,
  write: 0x64617416,
  last: 0x616c7473,
  error: 0x63787470,
  startActivity: 0x53545254,
  stopActivity: 0x53544f50,
  result: 0x52534c54,
} as const;

/**
 * Reads what a daemon tells while it works, up to where its answer begins (LAST) or in its stead an error comes.
 * @returns the error, if there is one: the operation failed, the session goes on.
 */
export function* readMessages(
  reader: WireReader,
  onEvent?: DaemonListener,
): Decoding<NixError | undefined> {
  for (;;) {
    reader.beginMessage();
    const type = yield* reader.u64();
    if (type === MESSAGE.last) {
      reader.beginMessage();
      return undefined;
    }
    if (type === MESSAGE.error) return yield* readNixError(reader);
    const event = yield* readEvent(reader, type);
    const heard = onEvent?.(event);
    if (heard) yield heard;
  }
}

function* readEvent(reader: WireReader, type: number): Decoding<DaemonEvent> {
  switch (type) {
    case MESSAGE.next:
      return { kind: 'message', text: yield* reader.string() };
    case MESSAGE.startActivity:
      return {
        kind: 'start',
        id: yield* reader.u64big(),
        level: yield* reader.u64(),
        type: yield* reader.u64(),
        text: yield* reader.string(),
        fields: yield* readFields(reader),
        parent: yield* reader.u64big(),
      };
    case MESSAGE.stopActivity:
      return { kind: 'stop', id: yield* reader.u64big() };
    case MESSAGE.result:
      return {
        kind: 'result',
        id: yield* reader.u64big(),
        type: yield* reader.u64(),
        fields: yield* readFields(reader),
      };
    default:
      throw violation(`an unknown message of type 0x${type.toString(16)}`);
  }
}

function* readFields(reader: WireReader): Decoding<ActivityField[]> {
  return yield* reader.list(function* (): Decoding<ActivityField> {
    const type = yield* reader.u64();
    if (type === 0) return yield* reader.u64big();
    if (type === 1) return yield* reader.string();
    throw violation(`an activity field of unknown type ${type}`);
  });
}

import { createHash } from 'node:crypto';
import type { DaemonEvent } from '../../src/domain/activity.ts';
import { toError } from '../../src/domain/errors.ts';
import { type DrvPath, parseStorePath } from '../../src/domain/store-path.ts';
import { WireReader } from '../../src/protocol/wire-reader.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';
import type { Store } from '../../src/store/store.ts';

/** What a conversation is about. */
export interface Subject {
  readonly good: DrvPath;
  readonly bad: DrvPath;
}

/** One side speaking until the other does. */
export interface Turn {
  readonly from: 'client' | 'daemon';
  readonly bytes: Buffer;
}

const NOWHERE = parseStorePath('/nix/store/00000000000000000000000000000000-nowhere');

/** A bit of everything a session does, one after the other; what came of it, fit for JSON. */
export async function converse(store: Store, { good, bad }: Subject): Promise<unknown> {
  const events: DaemonEvent[] = [];
  const greeting = await store.greeting;
  const missing = await store.queryMissing([{ kind: 'built', drvPath: good, outputs: 'all' }]);
  const hear = (event: DaemonEvent) => void events.push(event);
  const built = [
    await store.build([{ kind: 'built', drvPath: good, outputs: 'all' }], 'normal', hear),
    await store.build([{ kind: 'built', drvPath: bad, outputs: ['out'] }], 'normal', hear),
  ];
  const outputs = await store.queryDerivationOutputMaps([good]);
  const out = outputs.get(good)?.get('out') ?? NOWHERE;
  const valid = await store.queryValidPaths([good, out, NOWHERE]);
  const infos = await store.queryPathInfos([good, out, NOWHERE]);
  const nars: Record<string, string> = {};
  for await (const { info, nar } of store.nars([...infos.values()])) {
    const hash = createHash('sha256');
    for await (const chunk of nar) hash.update(chunk);
    nars[info.path] = hash.digest('hex');
  }
  await store.addTempRoots([out]);
  const refused = await store
    .ensurePaths([NOWHERE])
    .catch((error: unknown) => toError(error).message);
  const result = { greeting, missing, built, outputs, valid, infos, nars, refused, events };
  return JSON.parse(JSON.stringify(result, jsonable)) as unknown;
}

function jsonable(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map) return [...(value as Map<unknown, unknown>)];
  if (value instanceof Set) return [...(value as Set<unknown>)];
  return value;
}

/** Turns as a file: for each, who speaks and what, in the wire format itself. */
export function writeTurns(turns: readonly Turn[]): Buffer {
  const writer = new WireWriter();
  for (const { from, bytes } of turns) writer.u64(from === 'client' ? 0 : 1).bytes(bytes);
  return writer.finish();
}

export function readTurns(file: Buffer): Turn[] {
  const reader = new WireReader();
  reader.push(file);
  const reading = (function* () {
    const turns: Turn[] = [];
    while (reader.available > 0) {
      const from = (yield* reader.u64()) === 0 ? 'client' : 'daemon';
      turns.push({ from, bytes: yield* reader.bytes() });
    }
    return turns;
  })();
  const step = reading.next();
  if (step.done !== true) throw new Error('the file of turns is cut short');
  return step.value;
}

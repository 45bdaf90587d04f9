import { Duplex, PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { StepEvent } from '../../src/build/events.ts';
import { retainAt } from '../../src/build/retain.ts';
import { parseStorePath } from '../../src/domain/store-path.ts';
import type { ExecStream } from '../../src/ssh/connection.ts';

const PATH = parseStorePath(`/nix/store/${'a'.repeat(32)}-hello`);

/** A program that takes all and says nothing. */
function silentProgram(): ExecStream {
  const duplex = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const exit = new Promise<never>(() => undefined);
  return { duplex, exit, stderr: new PassThrough(), diagnostics: () => '' };
}

test.each(['before', 'after'] as const)(
  'a step that is cancelled just %s the program starts does not wait for it, and says nothing of rights',
  async (when) => {
    const cancelled = new AbortController();
    const events: StepEvent[] = [];
    const program = silentProgram();
    const exec = (): Promise<ExecStream> => {
      if (when === 'before') cancelled.abort();
      else setImmediate(() => cancelled.abort());
      return Promise.resolve(program);
    };
    const place = {
      place: { label: 'the builder' },
      way: { connection: () => Promise.resolve({ exec }) },
    };
    const observe = (event: StepEvent): void => void events.push(event);
    const { signal } = cancelled;
    await retainAt(place, [PATH], 60, { env: {}, temporaryDirectory: '/', observe, signal });
    expect(program.duplex.destroyed).toBe(true);
    expect(events).toEqual([]);
  },
);

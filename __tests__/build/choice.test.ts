import { describe, expect, it } from 'vitest';
import { choosePlaces, type Choosing } from '../../src/build/choice.ts';
import type { StepEvent } from '../../src/build/events.ts';
import { Remote } from '../../src/build/remote.ts';
import { machineOfStore } from '../../src/domain/machine.ts';
import { parseStoreUri } from '../../src/domain/store-uri.ts';

const URI = parseStoreUri('ssh-ng://ci@builder?systems=x86_64-linux');

/** Counts whatever is asked of it, and answers nothing. */
function silent(asked: string[]): object {
  const never = new Promise<never>(() => undefined);
  return new Proxy(
    {},
    {
      get: (_, name) => {
        asked.push(String(name));
        return () => never;
      },
    },
  );
}

function choosing(systems: readonly string[], asked: string[], events: StepEvent[]): Choosing {
  const attributes = systems.map((system) => ({ kind: 'derivation', system }));
  const context = {
    signal: new AbortController().signal,
    observe: (event: StepEvent) => events.push(event),
  };
  // Has none of what a connection has: who asks it fails.
  const place: unknown = Object.create(Remote.prototype, { uri: { value: URI } });
  const connected = { place, session: silent(asked), openSession: silent(asked) };
  return {
    request: { copy: { kind: 'none' } },
    destination: { mode: 'auto', stores: [URI], machines: [machineOfStore(URI)] },
    context,
    stores: [connected],
    local: { store: silent(asked) },
    evaluation: { attributes },
    refusal: undefined,
    learning: silent(asked),
  } as unknown as Choosing;
}

describe('a run with one sensible choice', () => {
  it('asks nobody: neither the remote, nor the local store, nor earlier runs', async () => {
    const [asked, events]: [string[], StepEvent[]] = [[], []];
    const chosen = await choosePlaces(choosing(['x86_64-linux'], asked, events));
    expect(chosen.choice.mode).toBe('remote-store');
    expect(asked).toEqual([]);
    expect(events.map(({ kind }) => kind)).toEqual(['mode-chosen']);
  });
});

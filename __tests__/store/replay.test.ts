import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { duplexPair } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/daemon-store.ts';
import { converse, readTurns, type Subject, type Turn } from './conversation.ts';

const FOLDER = path.join(import.meta.dirname, '../fixtures/protocol');

const VERSIONS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.bin'))
  .map((name) => name.slice(0, -'.bin'.length));

interface Recorded {
  readonly subject: Subject;
  readonly understood: unknown;
}

/** A daemon that says what was recorded once it has heard what was recorded, in pieces of `size` bytes. */
function replaying(turns: readonly Turn[], size: number) {
  const [near, far] = duplexPair();
  const waiting = [...turns];
  let heard = Buffer.alloc(0);
  const unexpected: Buffer[] = [];
  const goOn = (): void => {
    for (let turn = waiting[0]; turn; turn = waiting[0]) {
      if (turn.from === 'client') {
        if (heard.length < turn.bytes.length) return;
        const said = heard.subarray(0, turn.bytes.length);
        heard = heard.subarray(turn.bytes.length);
        if (!said.equals(turn.bytes)) unexpected.push(said);
      } else {
        for (let at = 0; at < turn.bytes.length; at += size)
          far.write(turn.bytes.subarray(at, at + size));
      }
      waiting.shift();
    }
  };
  far.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    goOn();
  });
  return { duplex: near, waiting, unexpected };
}

describe.each(VERSIONS)('what Nix %s said', (version) => {
  const turns = readTurns(readFileSync(path.join(FOLDER, `${version}.bin`)));
  const text = readFileSync(path.join(FOLDER, `${version}.json`), 'utf8');
  const { subject, understood } = JSON.parse(text) as Recorded;

  it.each([1, 7, 1000, 65_536])('is understood in pieces of %i bytes', async (size) => {
    const { duplex, waiting, unexpected } = replaying(turns, size);
    const store = openStore({ duplex, diagnostics: () => '' }, { label: 'recorded' });
    expect(await converse(store, subject)).toEqual(understood);
    expect(unexpected).toEqual([]);
    expect(waiting).toEqual([]);
    store.close();
  });
});

it('there are recordings of three versions', () => {
  expect(VERSIONS.length).toBeGreaterThanOrEqual(3);
});

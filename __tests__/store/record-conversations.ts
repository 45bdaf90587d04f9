/**
 * Records what real daemons of all three versions say: `node __tests__/store/record-conversations.ts`, as root. Writes
 * `<version>.bin` (the turns) and `<version>.json` (subject and what the client understood) to `__tests__/fixtures/protocol`.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Duplex, Transform } from 'node:stream';
import { startNixHost, SUITES } from '../../lab/index.ts';
import type { ByteStream } from '../../src/domain/byte-stream.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import { converse, type Turn, writeTurns } from './conversation.ts';
import { instantiate } from './graphs.ts';
import { socketStream } from './streams.ts';

const FOLDER = path.join(import.meta.dirname, '../fixtures/protocol');

function recording({ duplex }: ByteStream): { stream: ByteStream; turns: Turn[] } {
  const turns: Turn[] = [];
  const hear = (from: Turn['from']) =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const last = turns.at(-1);
        if (last?.from === from)
          turns[turns.length - 1] = { from, bytes: Buffer.concat([last.bytes, chunk]) };
        else turns.push({ from, bytes: chunk });
        done(null, chunk);
      },
    });
  const up = hear('client');
  const down = hear('daemon');
  up.pipe(duplex).pipe(down);
  return {
    stream: { duplex: Duplex.from({ readable: down, writable: up }), diagnostics: () => '' },
    turns,
  };
}

for (const suite of SUITES) {
  await using host = await startNixHost({ suite });
  const { good, bad } = await instantiate(host, {
    good: 'sh "good" "echo working; echo done > $out"',
    bad: 'sh "bad" "echo failing; exit 3"',
  });
  if (!good || !bad) throw new Error('the flake lacks an attribute');
  const subject = { good, bad };
  const { stream, turns } = recording(socketStream(host));
  stream.duplex.on('error', () => undefined);
  const store = openStore(stream, { label: 'recorded' });
  const understood = await converse(store, subject);
  const file = path.join(FOLDER, host.root.nixVersion);
  await writeFile(`${file}.bin`, writeTurns(turns));
  await writeFile(`${file}.json`, `${JSON.stringify({ subject, understood }, null, 1)}\n`);
  store.close();
}

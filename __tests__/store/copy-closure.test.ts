import { duplexPair } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { MESSAGE } from '../../src/protocol/messages.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';
import { copyClosure } from '../../src/store/copy-closure.ts';
import { openStore } from '../../src/store/daemon-store.ts';
import { pathOf } from './made-up-paths.ts';
import { PATIENCE } from '../helpers/patience.ts';

/** A session whose far side has greeted, says `more`, and then nothing. */
function greeted(label: string, ...more: Buffer[]) {
  const [near, far] = duplexPair();
  const received = vi.fn();
  far.on('data', received);
  const greeting = new WireWriter().u64(0x6478696f).u64(0x120).u64(MESSAGE.last).finish();
  far.write(Buffer.concat([greeting, ...more]));
  return { store: openStore({ duplex: near, diagnostics: () => '' }, { label }), near, received };
}

describe('a copy', () => {
  it('is cancelled while the source does not answer, whose session stays open', async () => {
    const cancelling = new AbortController();
    const from = greeted('the source');
    const to = greeted('here', new WireWriter().u64(MESSAGE.last).strings([]).finish());
    const copying = copyClosure({
      from: from.store,
      to: to.store,
      roots: [pathOf(0)],
      near: 'source',
      check: 'check-signatures',
      signal: cancelling.signal,
    });
    await vi.waitFor(() => expect(from.received).toHaveBeenCalled(), PATIENCE);
    cancelling.abort();
    await expect(copying).rejects.toMatchObject({
      code: 'cancelled',
      message: 'copying from the source to here was cancelled',
    });
    expect([from.near.destroyed, to.near.destroyed]).toEqual([false, true]);
    from.store.close();
  });
});

import { describe, expect, it } from 'vitest';
import { clientHello, readGreeting } from '../../src/protocol/handshake.ts';
import { MESSAGE } from '../../src/protocol/messages.ts';
import { WireWriter } from '../../src/protocol/wire-writer.ts';
import { decode, decodeAll } from './drive.ts';

const MAGIC = 0x6478696f;
const greet = (bytes: Buffer) => decode((reader) => readGreeting(reader, 'ssh-ng://b'), [bytes]);

describe('the handshake', () => {
  it('says everything at once: magic, version 1.37, no affinity, no reserve', () => {
    const expected = new WireWriter().u64(0x6e697863).u64(0x125).u64(0).u64(0).finish();
    expect(clientHello()).toEqual(expected);
  });

  it.each([
    [0x120, [], { protocolVersion: 0x120, nixVersion: undefined, trust: 'unknown' }],
    [0x122, ['2.8.0'], { protocolVersion: 0x122, nixVersion: '2.8.0', trust: 'unknown' }],
    [0x123, ['2.18.1', 0], { protocolVersion: 0x123, nixVersion: '2.18.1', trust: 'unknown' }],
    [0x125, ['2.20.0', 1], { protocolVersion: 0x125, nixVersion: '2.20.0', trust: 'trusted' }],
    [0x126, ['2.34.8', 2], { protocolVersion: 0x125, nixVersion: '2.34.8', trust: 'untrusted' }],
  ])('reads the greeting of protocol 0x%x', (version, rest, greeting) => {
    const writer = new WireWriter().u64(MAGIC).u64(version);
    for (const field of rest) {
      if (typeof field === 'string') writer.string(field);
      else writer.u64(field);
    }
    const bytes = writer.u64(MESSAGE.last).finish();
    expect(decodeAll((reader) => readGreeting(reader, 'x'), [bytes])).toEqual(greeting);
  });

  it('keeps what the daemon calls its version on one line, whatever is in it', () => {
    const version = '2.34\n::set-output name=results::[]\u001b[2J';
    const bytes = new WireWriter().u64(MAGIC).u64(0x122).string(version).u64(MESSAGE.last).finish();
    expect(decodeAll((reader) => readGreeting(reader, 'x'), [bytes])).toMatchObject({
      nixVersion: '2.34 ::set-output name=results::[]\\x1b[2J',
    });
  });

  it('refuses Nix 2.3 by name, with the remedy', () => {
    expect(greet(new WireWriter().u64(MAGIC).u64(0x115).finish())).toMatchObject({
      error: {
        code: 'protocol-too-old',
        message:
          'ssh-ng://b: the daemon speaks worker protocol 1.21 (Nix 2.0 to 2.3); 1.32 (Nix 2.4) or newer is needed',
        hint: 'Upgrade Nix on that machine to 2.4 or newer, and restart its nix-daemon.',
      },
    });
  });

  it('shows what a shell start file printed before the daemon spoke', () => {
    const noise = Buffer.from('Welcome to \u001b[1mbuilder\u001b[0m!\n');
    const magic = new WireWriter().u64(MAGIC).u64(0x126).finish();
    expect(greet(Buffer.concat([noise, magic]))).toMatchObject({
      error: {
        code: 'protocol-mismatch',
        message:
          'ssh-ng://b: expected a Nix daemon, but the first output is "Welcome to \\x1b[1mbuilder\\x1b[0m!"',
      },
    });
  });

  it('caps the noise it shows', () => {
    const outcome = greet(Buffer.alloc(1_000_000, 'spam '));
    expect(outcome.kind === 'error' && String(outcome.error).length).toBeLessThan(700);
  });

  it('reports what the daemon says against us', () => {
    const bytes = new WireWriter()
      .u64(MAGIC)
      .u64(0x121)
      .string('2.7')
      .u64(MESSAGE.error)
      .string('Error')
      .u64(0)
      .string('Error')
      .string('opening the store: \u001b[31;1mdisk\u001b[0m\nfailed')
      .u64(0)
      .u64(0)
      .finish();
    expect(greet(bytes)).toMatchObject({
      error: { code: 'daemon-error', message: 'ssh-ng://b: opening the store: disk failed' },
    });
  });
});

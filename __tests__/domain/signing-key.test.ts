import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeSigningKey } from '../../lab/index.ts';
import { fingerprint, parseSigningKey, signed } from '../../src/domain/signing-key.ts';
import { parseStorePath } from '../../src/domain/store-path.ts';

const path = (digit: string, name: string) =>
  parseStorePath(`/nix/store/${digit.repeat(32)}-${name}`);

const INFO = {
  path: path('1', 'hello'),
  deriver: undefined,
  narHash: '00'.repeat(31) + '01',
  narSize: 1234,
  references: [path('2', 'b'), path('1', 'hello'), path('1', 'a')],
  registrationTime: 0,
  ultimate: true,
  signatures: ['other:AAAA'],
  contentAddress: undefined,
};

describe('a signing key', () => {
  it('signs what Nix signs, beside the signatures that are there', () => {
    const { secretKey, publicKey } = makeSigningKey('lab-1');
    const { signatures } = signed(INFO, parseSigningKey(`${secretKey}\n`));
    expect(signatures).toHaveLength(2);
    const [, own = ''] = signatures;
    const x = Buffer.from(publicKey.slice('lab-1:'.length), 'base64').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const text = Buffer.from(fingerprint(INFO));
    expect(own).toMatch(/^lab-1:/);
    expect(verify(null, text, key, Buffer.from(own.slice('lab-1:'.length), 'base64'))).toBe(true);
  });

  it('has a fingerprint with sorted references', () => {
    expect(fingerprint(INFO)).toBe(
      `1;${INFO.path};sha256:008${'0'.repeat(49)};1234;${path('1', 'a')},${path('1', 'hello')},${path('2', 'b')}`,
    );
  });

  const { secretKey, publicKey } = makeSigningKey('lab-1');
  const bytes = Buffer.from(secretKey.slice('lab-1:'.length), 'base64');
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(40) ^ 1, 40);
  it.each([
    ['of another form', 'not a key', "is not of the form 'name:base64'"],
    ['public', publicKey, 'is a public key'],
    ['cut', `lab-1:${bytes.subarray(0, 60).toString('base64')}`, 'holds 60 bytes'],
    ['changed', `lab-1:${changed.toString('base64')}`, 'is damaged'],
  ])('that is %s is refused, without a word of it', (_, text, message) => {
    let error: unknown;
    try {
      parseSigningKey(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'key-invalid' });
    const shown = String(error);
    expect(shown).toContain(message);
    expect(shown).not.toContain(text.slice(-20));
  });
});

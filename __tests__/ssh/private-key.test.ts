import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { parsePrivateKeys } from '../../src/ssh/private-key.ts';
import { generateKey } from '../helpers/sshd.ts';

const PASSPHRASE = 'correct horse';
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'private-key-test-'));
  generateKey(join(dir, 'ed25519'), 'ed25519');
  generateKey(join(dir, 'ed25519-passphrase'), 'ed25519', { passphrase: PASSPHRASE });
  generateKey(join(dir, 'ecdsa'), 'ecdsa');
  generateKey(join(dir, 'ecdsa-384'), 'ecdsa', { bits: 384 });
  generateKey(join(dir, 'ecdsa-521'), 'ecdsa', { bits: 521 });
  generateKey(join(dir, 'rsa'), 'rsa', { bits: 2048 });
  generateKey(join(dir, 'rsa-passphrase'), 'rsa', { bits: 2048, passphrase: PASSPHRASE });
  generateKey(join(dir, 'rsa-pem'), 'rsa', { bits: 2048, format: 'PEM' });
  generateKey(join(dir, 'rsa-pem-passphrase'), 'rsa', {
    bits: 2048,
    format: 'PEM',
    passphrase: PASSPHRASE,
  });
  generateKey(join(dir, 'ecdsa-pem'), 'ecdsa', { format: 'PEM' });
  generateKey(join(dir, 'rsa-pkcs8'), 'rsa', { bits: 2048, format: 'PKCS8' });
  generateKey(join(dir, 'rsa-pkcs8-passphrase'), 'rsa', {
    bits: 2048,
    format: 'PKCS8',
    passphrase: PASSPHRASE,
  });
  generateKey(join(dir, 'ecdsa-pkcs8'), 'ecdsa', { format: 'PKCS8' });
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const text = (name: string) => readFileSync(join(dir, name), 'utf8');

/** `SHA256:…`, as ssh-keygen has it. */
function fingerprintOf(name: string): string {
  const out = execFileSync('ssh-keygen', ['-lf', join(dir, `${name}.pub`)], { encoding: 'utf8' });
  return out.split(' ')[1] ?? '';
}

function failure(input: string, passphrase?: string): unknown {
  try {
    parsePrivateKeys(input, passphrase);
  } catch (error) {
    return error;
  }
  throw new Error('the key was accepted');
}

describe('a key is read', () => {
  test.each([
    ['ed25519', undefined],
    ['ed25519-passphrase', PASSPHRASE],
    ['ecdsa', undefined],
    ['ecdsa-384', undefined],
    ['ecdsa-521', undefined],
    ['rsa', undefined],
    ['rsa-passphrase', PASSPHRASE],
    ['rsa-pem', undefined],
    ['rsa-pem-passphrase', PASSPHRASE],
    ['ecdsa-pem', undefined],
    ['rsa-pkcs8', undefined],
    ['rsa-pkcs8-passphrase', PASSPHRASE],
    ['ecdsa-pkcs8', undefined],
  ])('from %s', (name, passphrase) => {
    const [key] = parsePrivateKeys(text(name), passphrase);
    expect(key?.fingerprint).toBe(fingerprintOf(name));
  });

  test('from ed25519 in PKCS #8, as OpenSSL makes it', () => {
    const pem = execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519'], { encoding: 'utf8' });
    const [key] = parsePrivateKeys(pem);
    expect(key?.type).toBe('ssh-ed25519');
  });

  test('although a passphrase is given that it does not need', () => {
    expect(parsePrivateKeys(text('ed25519'), PASSPHRASE)).toHaveLength(1);
  });

  test.each([
    ['CRLF', (key: string) => key.replaceAll('\n', '\r\n')],
    ['CR alone', (key: string) => key.replaceAll('\n', '\r')],
    ['no last newline', (key: string) => key.trimEnd()],
    ['indentation', (key: string) => key.replaceAll(/^/gm, '    ')],
    ['space around', (key: string) => `\n\n  ${key}\n \n`],
    ['blanks for line breaks', (key: string) => key.replaceAll('\n', ' ')],
    ['\\n for line breaks', (key: string) => key.replaceAll('\n', '\\n')],
    ['\\r\\n for line breaks', (key: string) => key.replaceAll('\n', '\\r\\n')],
    ['empty lines between', (key: string) => key.replaceAll('\n', '\n\n')],
    ['text before and after', (key: string) => `the key:\n${key}\nthat was it`],
  ])('with %s', (_name, mangle) => {
    for (const name of ['ed25519', 'rsa-pem-passphrase', 'rsa-pkcs8']) {
      const [key] = parsePrivateKeys(mangle(text(name)), PASSPHRASE);
      expect(key?.fingerprint).toBe(fingerprintOf(name));
    }
  });

  test('and another one after it', () => {
    const keys = parsePrivateKeys(text('ed25519') + text('rsa-pem') + text('ecdsa').trimEnd());
    expect(keys.map((key) => key.fingerprint)).toEqual(
      ['ed25519', 'rsa-pem', 'ecdsa'].map(fingerprintOf),
    );
  });
});

describe('refused is', () => {
  test.each([
    ['nothing', () => '', 'key-invalid', 'ssh-key is empty'],
    ['white space', () => ' \n\t\n', 'key-invalid', 'ssh-key is empty'],
    [
      'a public key',
      () => text('ed25519.pub'),
      'key-invalid',
      'ssh-key is a public key, the private one is needed',
    ],
    [
      'a public key in PEM',
      () =>
        execFileSync('ssh-keygen', ['-e', '-m', 'PKCS8', '-f', join(dir, 'rsa.pub')], {
          encoding: 'utf8',
        }),
      'key-invalid',
      'ssh-key is a public key, the private one is needed',
    ],
    [
      'a key without its end',
      () => text('ed25519').split('\n').slice(0, -3).join('\n'),
      'key-invalid',
      'ssh-key is cut off: its -----END line is missing',
    ],
    [
      'a second key without its end',
      () => text('ed25519') + text('rsa').slice(0, 300),
      'key-invalid',
      'ssh-key is cut off: its -----END line is missing',
    ],
    [
      'a key with lines missing',
      () => text('ed25519').split('\n').toSpliced(2, 1).join('\n'),
      'key-invalid',
      'ssh-key is damaged or cut off',
    ],
    [
      'a PEM key with lines missing',
      () => text('rsa-pem').split('\n').toSpliced(9, 3).join('\n'),
      'key-invalid',
      'ssh-key is damaged or cut off',
    ],
    [
      'a PKCS #8 key with lines missing',
      () => text('rsa-pkcs8').split('\n').toSpliced(9, 3).join('\n'),
      'key-invalid',
      'ssh-key is damaged or cut off',
    ],
    [
      'a second key with lines missing',
      () => text('rsa') + text('ed25519').split('\n').toSpliced(2, 1).join('\n'),
      'key-invalid',
      'ssh-key, key 2 is damaged or cut off',
    ],
    ['a path', () => '~/.ssh/id_ed25519', 'key-invalid', 'ssh-key holds no private key'],
    [
      'a PuTTY key',
      () => 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\n',
      'key-invalid',
      "ssh-key is in PuTTY's format (.ppk)",
    ],
  ])('%s', (_name, input, code, message) => {
    expect(failure(input())).toMatchObject({ code, message });
  });

  test.each(['ed25519-passphrase', 'rsa-passphrase', 'rsa-pem-passphrase', 'rsa-pkcs8-passphrase'])(
    '%s without, and with a wrong passphrase',
    (name) => {
      expect(failure(text(name))).toMatchObject({
        code: 'key-passphrase',
        message: 'ssh-key is encrypted, and there is no passphrase',
      });
      expect(failure(text(name), 'wrong')).toMatchObject({
        code: 'key-passphrase',
        message: 'ssh-key-passphrase does not decrypt ssh-key',
      });
    },
  );

  test('a passphrase that is wrong is told from damage whatever it makes of the key', () => {
    // One in 256 makes something of it that ends as a decrypted key does.
    for (let count = 0; count < 1000; count += 1) {
      expect(failure(text('rsa-pkcs8-passphrase'), `wrong ${count}`)).toMatchObject({
        code: 'key-passphrase',
      });
    }
  });

  test('a key of a type that SSH does not use', () => {
    const pem = execFileSync('openssl', ['genpkey', '-algorithm', 'x25519'], { encoding: 'utf8' });
    expect(failure(pem)).toMatchObject({
      code: 'key-invalid',
      message: 'ssh-key is a key of type x25519, which SSH does not use',
    });
  });
});

describe('no text shows', () => {
  test('the key, however the object is printed', () => {
    for (const name of ['ed25519', 'rsa-pem', 'rsa-pkcs8', 'ecdsa']) {
      const [key] = parsePrivateKeys(text(name));
      const printed = inspect(key, { depth: 10, showHidden: true }) + JSON.stringify(key);
      expect(printed).not.toMatch(/PRIVATE|[A-Za-z0-9+/]{44}/);
    }
  });

  test('any part of a key that is refused', () => {
    for (const name of ['ed25519', 'rsa-pem', 'rsa-pkcs8', 'rsa-pem-passphrase']) {
      const lines = text(name).split('\n').toSpliced(4, 1);
      const printed = inspect(failure(lines.join('\n'), 'wrong'), { depth: 10, showHidden: true });
      for (const line of lines
        .slice(3)
        .filter((part) => part.length > 20 && !part.startsWith('-'))) {
        expect(printed).not.toContain(line);
      }
    }
  });
});

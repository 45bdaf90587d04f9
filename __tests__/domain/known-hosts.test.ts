import { describe, expect, test } from 'vitest';

import {
  hostKeyAlgorithms,
  hostKeyFailure,
  noCommonHostKey,
  verifyHostKey,
} from '../../src/domain/host-key-check.ts';
import { lookupHostKeys, parseKnownHosts, pinnedHostKey } from '../../src/domain/known-hosts.ts';
import { fingerprint, publicKeyOf, type PublicKey } from '../../src/domain/public-key.ts';

// Keys, hashed names and fingerprints as ssh-keygen made them.
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOVNPGS7C7TThrVbL6S1LxpLDjzVN7m0+vZzVZSNhVkE';
const KEY_FINGERPRINT = 'SHA256:k+bI7Qbdecjclx+BTuHPbe9RZxfpBZpDHCLUH+OWPDM';
const OTHER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOODH1+3BR4av2PSk2uugeMAA/Z24REtcjoLvTgtx7vm';
const RSA =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCs1yqzXLaZMuEgpiorSIP4IlAn1QZ0/OvnTGRQzs6FqJ6cHC2YpmirH4Dx1IPYSq7mcqDvaDJco5z6khHl9p9D7HsI259CysuvNk6RAE/6EbGHaulJ5l+bMtVUfO68Kopbn4MpdxwFC0jzmPCxE5usuQ9Nmc8IZzrOMnkmLAT+MjgMJ74Wce86aLp3ZrZN5D7/BYf9j0452uXvUCYayqSqkO0GCTtV0vqwtBEwhHmibxaPANZI3tvUVh/vl4qOPk0ysvEFfXE7elCrZB4kaxjNPq2yBRlfx9FSmEoXT5Ut8tJsH2757rZyjypB3hmJcqG3FxujVTpQscnY+U3KjoO1';
const RSA_FINGERPRINT = 'SHA256:2MXqAY47601WuCvEB5XZ5rBCoHyFMu/KmUQbpzA8PJE';
const ECDSA =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNsXd0wkpY1WID7Dq4OhU4PAfav4gNVVhEg04bGfGYBFqq6qLUhe/Cn8fuE731i19EULaShwaCJBoTBKY2EbC6A=';
const HASHED = '|1|yqH+Mwcr4Sgh8HK4N/OjByfbACk=|OFBBMVzV7ojSCIjVPPn5dvtyUVw=';
const HASHED_2222 = '|1|OqKPhQAFQXIQ8jQX058Nj8eepe8=|timJJHID7J2KZnw0T833AOD2+7Q=';

function keyOf(line: string): PublicKey {
  const [type = '', base64 = ''] = line.split(' ');
  const key = publicKeyOf(type, base64);
  if (key === undefined) throw new Error(`not a key: ${line}`);
  return key;
}

function blobOf(line: string): Buffer {
  return Buffer.from(keyOf(line).base64, 'base64');
}

function verdict(text: string, host = 'builder.example.org', port = 22, key = KEY): string {
  return verifyHostKey(lookupHostKeys(parseKnownHosts(text), host, port), keyOf(key));
}

describe('a public key', () => {
  test.each([
    [KEY, KEY_FINGERPRINT],
    [RSA, RSA_FINGERPRINT],
  ])('has the fingerprint that ssh-keygen prints', (line, expected) => {
    expect(fingerprint(keyOf(line))).toBe(expected);
  });

  test('of another type than its line says is none', () => {
    expect(publicKeyOf('ssh-rsa', keyOf(KEY).base64)).toBeUndefined();
  });

  test('cut off anywhere is none', () => {
    const { type, base64 } = keyOf(KEY);
    for (let length = 0; length < base64.length; length++) {
      expect(publicKeyOf(type, base64.slice(0, length))).toBeUndefined();
    }
  });
});

describe('known-hosts', () => {
  test.each([
    ['a plain name', `builder.example.org ${KEY}`],
    ['any case', `Builder.Example.ORG ${KEY}`],
    ['one of several names', `a,builder.example.org,192.0.2.7 ${KEY}`],
    ['a hashed name', `${HASHED} ${KEY}`],
    ['a star', `*.example.org ${KEY}`],
    ['a question mark', `builder.example.or? ${KEY}`],
    ['everything', `* ${KEY}`],
    ['a comment after the key', `builder.example.org ${KEY} root@builder`],
    ['several keys', `builder.example.org ${OTHER}\nbuilder.example.org ${KEY}`],
    ['comments, empty lines, CRLF', `# hosts\r\n\r\n \t\r\nbuilder.example.org ${KEY}\r\n`],
    ['tabs and indentation', `  builder.example.org\t${KEY.replace(' ', '\t')}`],
  ])('trusts a host listed by %s', (_name, text) => {
    expect(verdict(text)).toBe('trusted');
  });

  test.each([
    ['another name', `other.example.org ${KEY}`],
    ['a longer name', `builder.example.org.evil ${KEY}`],
    ['a dot that is any character', `builderXexample.org ${KEY}`],
    ['a negated pattern', `*.example.org,!builder.example.org ${KEY}`],
    ['nothing but a negated pattern', `!other ${KEY}`],
    ['a hashed name of another port', `${HASHED_2222} ${KEY}`],
    ['another port', `[builder.example.org]:2222 ${KEY}`],
    ['nothing at all', ''],
  ])('does not know a host listed by %s', (_name, text) => {
    expect(verdict(text)).toBe('unknown-host');
  });

  test.each([
    ['with its port', `[builder.example.org]:2222 ${KEY}`],
    ['with its port, hashed', `${HASHED_2222} ${KEY}`],
    ['by name alone, as OpenSSH takes it', `builder.example.org ${KEY}`],
    ['with its port, and another one by name', `b ${OTHER}\n[builder.example.org]:2222 ${KEY}`],
  ])('trusts a host on another port listed %s', (_name, text) => {
    expect(verdict(text, 'builder.example.org', 2222)).toBe('trusted');
  });

  test('takes the key of the port before that of the name alone', () => {
    const text = `builder.example.org ${KEY}\n[builder.example.org]:2222 ${OTHER}`;
    expect(verdict(text, 'builder.example.org', 2222)).toBe('mismatch');
  });

  test('finds IPv6 addresses', () => {
    expect(verdict(`::1 ${KEY}`, '::1')).toBe('trusted');
    expect(verdict(`[::1]:2222 ${KEY}`, '::1', 2222)).toBe('trusted');
  });

  test('sees another key as a mismatch, of any type', () => {
    expect(verdict(`builder.example.org ${OTHER}`)).toBe('mismatch');
    expect(verdict(`builder.example.org ${RSA}`)).toBe('mismatch');
  });

  test.each([
    ['before', `@revoked * ${KEY}\nbuilder.example.org ${KEY}`],
    ['after', `builder.example.org ${KEY}\n@revoked builder.example.org ${KEY}`],
    ['by name alone', `[builder.example.org]:2222 ${KEY}\n@revoked builder.example.org ${KEY}`],
  ])('refuses a key that is also revoked, %s', (_name, text) => {
    expect(verdict(text, 'builder.example.org', 2222)).toBe('revoked');
  });

  test('trusts another key than the revoked one', () => {
    expect(verdict(`@revoked * ${OTHER}\nbuilder.example.org ${KEY}`)).toBe('trusted');
  });

  test.each([
    ['builder.example.org', 'known-hosts, line 2 has fewer than three words'],
    ['builder.example.org ssh-ed25519', 'known-hosts, line 2 has fewer than three words'],
    [KEY, 'known-hosts, line 2 has fewer than three words'],
    [
      `builder ssh-ed25519 AAAAC3NzaC1lZDI1`,
      'known-hosts, line 2 holds no "ssh-ed25519" key: it is damaged or cut off',
    ],
    [
      `builder ssh-rsa ${KEY.split(' ')[1] ?? ''}`,
      'known-hosts, line 2 holds no "ssh-rsa" key: it is damaged or cut off',
    ],
    [`|1|abc ${KEY}`, 'known-hosts, line 2 has a hashed host name that is damaged'],
    [`|2|YQ==|YQ== ${KEY}`, 'known-hosts, line 2 has a hashed host name that is damaged'],
    [`@trusted builder ${KEY}`, 'known-hosts, line 2 has an unknown marker @trusted'],
    [
      `@cert-authority *.example.org ${KEY}`,
      'known-hosts, line 2: @cert-authority takes transport: openssh, host certificates cannot be checked without',
    ],
  ])('refuses the line %s', (line, message) => {
    expect(() => parseKnownHosts(`# first\n${line}`)).toThrow(
      expect.objectContaining({ code: 'known-hosts-invalid', message }),
    );
  });
});

describe('a pinned host key', () => {
  test.each([
    ['a plain line', KEY],
    ['a line with a comment', `${KEY} root@builder\n`],
    ['base64, as Nix has it', Buffer.from(`${KEY} root@builder\n`).toString('base64')],
    ['base64 without a comment', Buffer.from(KEY).toString('base64')],
  ])('is read from %s', (_name, text) => {
    expect(verifyHostKey(pinnedHostKey(text), keyOf(KEY))).toBe('trusted');
    expect(verifyHostKey(pinnedHostKey(text), keyOf(OTHER))).toBe('mismatch');
  });

  test.each(['', 'nonsense', 'c3NoLWVkMjU1MTk=', `builder ${KEY}`])(
    'is not read from %j',
    (text) => {
      expect(() => pinnedHostKey(text)).toThrow(
        expect.objectContaining({ code: 'known-hosts-invalid' }),
      );
    },
  );
});

describe('the algorithms asked for', () => {
  test('are those of the known keys, RSA with SHA-2 only', () => {
    const text = `b ${RSA}\nb ${KEY}\nb ${OTHER}\nother ${ECDSA}`;
    expect(hostKeyAlgorithms(lookupHostKeys(parseKnownHosts(text), 'b', 22))).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
    ]);
  });

  test('are left open when no key is known', () => {
    expect(hostKeyAlgorithms(lookupHostKeys(parseKnownHosts(''), 'b', 22))).toBeUndefined();
  });
});

describe('the error for a host key', () => {
  const failure = (text: string, port = 22) =>
    hostKeyFailure(lookupHostKeys(parseKnownHosts(text), 'b', port), 'b', port, blobOf(KEY));

  test('is none for a trusted key', () => {
    expect(failure(`b ${KEY}`)).toBeUndefined();
  });

  test('of an unknown host shows the fingerprint and the line that makes it known', () => {
    const error = failure(`other ${KEY}`, 2222);
    expect(error).toMatchObject({
      code: 'host-key-unknown',
      message: `the host key of [b]:2222 is not in known-hosts; it presents ssh-ed25519 ${KEY_FINGERPRINT}`,
    });
    const line = error?.hint?.split('add this line to the input known-hosts: ')[1] ?? '';
    expect(verdict(line, 'b', 2222)).toBe('trusted');
  });

  test('says so when known-hosts is empty', () => {
    expect(failure('\n# nothing\n')).toMatchObject({
      code: 'host-key-unknown',
      message: `no host key is known: known-hosts is empty, and b presents ssh-ed25519 ${KEY_FINGERPRINT}`,
    });
  });

  test('of a changed key shows both fingerprints and the line to put in', () => {
    const error = failure(`b ${OTHER}`);
    expect(error).toMatchObject({
      code: 'host-key-mismatch',
      message:
        `the host key of b has changed: it presents ssh-ed25519 ${KEY_FINGERPRINT}, ` +
        `but known-hosts has ssh-ed25519 ${fingerprint(keyOf(OTHER))}`,
    });
    expect(error?.hint).toContain(`known-hosts in place of the old one: b ${KEY}`);
  });

  test('of a changed pinned key gives the value to put in', () => {
    const error = hostKeyFailure(pinnedHostKey(OTHER), 'b', 22, blobOf(KEY));
    const value = error?.hint?.split(': ').at(-1) ?? '';
    expect(verifyHostKey(pinnedHostKey(value), keyOf(KEY))).toBe('trusted');
  });

  test('of a revoked key says that it is revoked', () => {
    expect(failure(`@revoked * ${KEY}\nb ${KEY}`)).toMatchObject({
      code: 'host-key-revoked',
      message: `the host key of b is marked @revoked in known-hosts: ssh-ed25519 ${KEY_FINGERPRINT}`,
    });
  });

  test('of a host that has no key of a known type names the types', () => {
    const known = lookupHostKeys(parseKnownHosts(`b ${RSA}\nb ${KEY}`), 'b', 22);
    expect(noCommonHostKey(known, 'b').message).toBe(
      'b has no host key of the type that known-hosts knows for it (ssh-rsa, ssh-ed25519)',
    );
  });
});

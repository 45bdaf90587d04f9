import { createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';

import { ActionError, toError } from '../domain/errors.ts';
import { sshString } from './wire.ts';

const PKCS8 = /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/;

/**
 * Turns a key in PKCS #8 (what OpenSSL writes) into a format that ssh2 reads; other formats pass unchanged.
 * @param name of the key, for errors
 * @throws ActionError `key-invalid` or `key-passphrase`
 */
export function toReadablePem(block: string, name: string, passphrase: string | undefined): string {
  const match = PKCS8.exec(block);
  if (match === null) return block;
  if (match[1] !== undefined && passphrase === undefined) {
    throw new ActionError('key-passphrase', `${name} is encrypted, and there is no passphrase`, {
      hint: 'Set the input ssh-key-passphrase.',
    });
  }
  const key = decode(block, name, passphrase);
  const type = key.asymmetricKeyType;
  if (type === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
  if (type === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
  if (type === 'ed25519') return openSshEd25519(key);
  throw new ActionError(
    'key-invalid',
    `${name} is a key of type ${String(type)}, which SSH does not use`,
    { hint: 'ed25519, ECDSA and RSA keys work.' },
  );
}

function decode(block: string, name: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: block, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    if (isBadDecrypt(error) || (passphrase !== undefined && isWhole(block))) {
      throw wrongPassphrase(name);
    }
    throw new ActionError('key-invalid', `${name} is damaged or cut off`, {
      hint: 'Copy the whole file into the secret, from `-----BEGIN` to the last `-----`.',
    });
  }
}

/**
 * Whether an encrypted key can be decrypted at all. One wrong passphrase in 256 makes something of it that ends as it should and is no key:
 * other wrong ones tell that from damage.
 */
function isWhole(block: string): boolean {
  return Array.from({ length: 4 }, () => randomBytes(16).toString('hex')).some((passphrase) => {
    try {
      createPrivateKey({ key: block, passphrase });
      return true;
    } catch (error) {
      return isBadDecrypt(error);
    }
  });
}

function isBadDecrypt(error: unknown): boolean {
  return /bad decrypt/i.test(toError(error).message);
}

/** The unencrypted OpenSSH format (openssh/PROTOCOL.key), the only one in which ssh2 reads ed25519. */
function openSshEd25519(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const publicPart = Buffer.from(x, 'base64url');
  const privatePart = Buffer.from(d, 'base64url');
  const publicBlob = Buffer.concat([sshString('ssh-ed25519'), sshString(publicPart)]);
  const check = randomBytes(4);
  const section = Buffer.concat([
    check,
    check,
    publicBlob,
    sshString(Buffer.concat([privatePart, publicPart])),
    sshString(''),
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (section.length % 8)) % 8);
  const base64 = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    Buffer.from([0, 0, 0, 1]),
    sshString(publicBlob),
    sshString(Buffer.concat([section, padding])),
  ]).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  const label = 'OPENSSH PRIVATE KEY';
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

export function wrongPassphrase(name: string): ActionError {
  return new ActionError('key-passphrase', `ssh-key-passphrase does not decrypt ${name}`, {
    hint: 'Try it with `ssh-keygen -y -f KEYFILE`, and correct the secret.',
  });
}

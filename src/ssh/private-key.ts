import ssh2, { type ParsedKey } from 'ssh2';

import { ActionError } from '../domain/errors.ts';
import { fingerprint, publicKeyFromBlob } from '../domain/public-key.ts';
import { findKeyBlocks } from './key-text.ts';
import { toReadablePem, wrongPassphrase } from './pkcs8.ts';

/** A private key in memory. Nothing prints it: the key itself is private to the object, and its text is not kept. */
export class PrivateKey {
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`, … */
  readonly type: string;
  /** Of the public half: `SHA256:…`. */
  readonly fingerprint: string;
  readonly #key: ParsedKey;

  constructor(key: ParsedKey) {
    const publicKey = publicKeyFromBlob(key.getPublicSSH());
    this.type = key.type;
    this.fingerprint = publicKey === undefined ? 'unknown' : fingerprint(publicKey);
    this.#key = key;
  }

  /** For ssh2 alone. */
  parsed(): ParsedKey {
    return this.#key;
  }
}

/**
 * Parses the `ssh-key` input: one private key or several, one after the other. Damage that secrets commonly suffer
 * (CRLF, no last newline, indentation, line breaks turned into blanks or into `\n`) is repaired.
 * @param passphrase of those keys that are encrypted
 * @throws ActionError `key-invalid` or `key-passphrase`; no text of a key is ever in it
 */
export function parsePrivateKeys(text: string, passphrase?: string): readonly PrivateKey[] {
  const blocks = findKeyBlocks(text);
  return blocks.map((block, index) => {
    const name = blocks.length === 1 ? 'ssh-key' : `ssh-key, key ${index + 1}`;
    return parseBlock(block, name, passphrase);
  });
}

function parseBlock(block: string, name: string, passphrase: string | undefined): PrivateKey {
  const pem = toReadablePem(block, name, passphrase);
  // ssh2 answers a list for the OpenSSH format, which its types do not say; it always holds one key.
  const [key] = [ssh2.utils.parseKey(pem, passphrase)].flat();
  if (key instanceof Error) throw parseFailure(key, name);
  if (key?.isPrivateKey() !== true || !canSign(key)) throw damaged(name);
  return new PrivateKey(key);
}

/** ssh2 reads past much damage; a signature shows it now rather than as a refused key later. */
function canSign(key: ParsedKey): boolean {
  const data = Buffer.from('test');
  try {
    const signature: Buffer | Error = key.sign(data);
    return Buffer.isBuffer(signature) && key.verify(data, signature);
  } catch {
    return false;
  }
}

/** ssh2's texts (lib/protocol/keyParser.js) hold no part of a key, but are not passed on all the same. */
function parseFailure(error: Error, name: string): ActionError {
  const text = error.message;
  if (text.includes('no passphrase given')) {
    return new ActionError('key-passphrase', `${name} is encrypted, and there is no passphrase`, {
      hint: 'Set the input ssh-key-passphrase.',
    });
  }
  if (/bad passphrase|integrity check failed|failed to decrypt/i.test(text)) {
    return wrongPassphrase(name);
  }
  if (text.startsWith('Unsupported')) {
    return new ActionError('key-invalid', `${name} is of a type or format that is not supported`, {
      hint: 'ed25519, ECDSA and RSA keys work, in the format that `ssh-keygen` writes.',
    });
  }
  return damaged(name);
}

function damaged(name: string): ActionError {
  return new ActionError('key-invalid', `${name} is damaged or cut off`, {
    hint: 'Copy the whole file into the secret, from `-----BEGIN` to the last `-----`.',
  });
}

import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { ActionError } from './errors.ts';
import { nix32 } from './nix-hash.ts';
import type { PathInfo } from './path-info.ts';
import { STORE_DIR } from './store-path.ts';

/** A secret key that signs store paths. Nothing but `text` tells the secret, and it goes into no message. */
export interface SigningKey {
  readonly name: string;
  /** As Nix writes it, `name:base64`. */
  readonly text: string;
  readonly key: KeyObject;
}

/** Bytes of a secret key as libsodium has it: the seed, then the public key. */
const SECRET_LENGTH = 64;
const SEED_LENGTH = 32;
/** What precedes the seed in PKCS 8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Parses what `nix key generate-secret` prints, `name:base64`.
 * @throws ActionError `key-invalid`, which holds nothing of the text
 */
export function parseSigningKey(text: string): SigningKey {
  const [, name, base64] = /^([^\s:]+):([A-Za-z0-9+/]+={0,2})$/.exec(text.trim()) ?? [];
  if (name === undefined || base64 === undefined) throw invalid("is not of the form 'name:base64'");
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length === SEED_LENGTH) throw invalid('is a public key, the secret one is needed');
  if (bytes.length !== SECRET_LENGTH) {
    throw invalid(`holds ${bytes.length} bytes, an ed25519 secret key has ${SECRET_LENGTH}`);
  }
  const pkcs8 = Buffer.concat([PKCS8, bytes.subarray(0, SEED_LENGTH)]);
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (x === undefined || !Buffer.from(x, 'base64url').equals(bytes.subarray(SEED_LENGTH))) {
    throw invalid('is damaged: its two halves do not belong together');
  }
  return { name, text: `${name}:${base64}`, key };
}

/** What is signed of a path (`ValidPathInfo::fingerprint`). */
export function fingerprint({ path, narHash, narSize, references }: PathInfo): string {
  const hash = nix32(Buffer.from(narHash, 'hex'));
  // As Nix's sets are: by the part after the store's folder, byte by byte.
  const sorted = [...references].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `1;${path};sha256:${hash};${narSize};${sorted.join(',')}`;
}

/** The path with this key's signature beside those that it has. */
export function signed(info: PathInfo, { name, key }: SigningKey): PathInfo {
  const signature = `${name}:${sign(null, Buffer.from(fingerprint(info)), key).toString('base64')}`;
  return { ...info, signatures: [...new Set([...info.signatures, signature])] };
}

function invalid(what: string): ActionError {
  return new ActionError('key-invalid', `signing-key: ${what}`, {
    hint: `Give all that \`nix key generate-secret --key-name …\` prints: one line, the name, a colon, and the key. It signs paths of ${STORE_DIR}.`,
  });
}

import { createHash } from 'node:crypto';

/** An SSH public key, as `known_hosts` and `authorized_keys` write it. */
export interface PublicKey {
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`, … */
  readonly type: string;
  /** The key in SSH's wire format (RFC 4253, 6.6), base64. */
  readonly base64: string;
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A key from its two words `ssh-ed25519 AAAA…`; undefined unless the second is base64 of a key of the first's type. */
export function publicKeyOf(type: string, base64: string): PublicKey | undefined {
  if (!BASE64.test(base64)) return undefined;
  const blob = Buffer.from(base64, 'base64');
  const key = publicKeyFromBlob(blob);
  return key?.type === type && blob.length > 4 + type.length ? key : undefined;
}

/** A key from SSH's wire format, which begins with the type's name; undefined if it does not. */
export function publicKeyFromBlob(blob: Buffer): PublicKey | undefined {
  if (blob.length < 4) return undefined;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length < 4 + length) return undefined;
  return { type: blob.toString('latin1', 4, 4 + length), base64: blob.toString('base64') };
}

/** `SHA256:…` without padding, as `ssh-keygen -l` prints it. */
export function fingerprint(key: PublicKey): string {
  const digest = createHash('sha256').update(Buffer.from(key.base64, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

export function samePublicKey(one: PublicKey, other: PublicKey): boolean {
  return one.base64 === other.base64;
}

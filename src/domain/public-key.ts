import { createHash } from 'node:crypto';

/** An SSH public key, as `known_hosts` and `authorized_keys` write it. */
export interface PublicKey {
  /** `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256`, … */
  readonly type: string;
  /** The key in SSH's wire format (RFC 4253, 6.6), base64. */
  readonly base64: string;
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** A key from its two words `ssh-ed25519 AAAA…`; undefined unless the second is base64 of a whole key of the first's type. */
export function publicKeyOf(type: string, base64: string): PublicKey | undefined {
  if (!BASE64.test(base64)) return undefined;
  const key = publicKeyFromBlob(Buffer.from(base64, 'base64'));
  return key?.type === type ? key : undefined;
}

/** A key from SSH's wire format; undefined if that is cut off or has no more than the type's name. */
export function publicKeyFromBlob(blob: Buffer): PublicKey | undefined {
  const [type, ...parts] = splitStrings(blob) ?? [];
  if (type === undefined || parts.length === 0) return undefined;
  return { type: type.toString('latin1'), base64: blob.toString('base64') };
}

/** The strings of RFC 4251, each after its length in four bytes; undefined if they do not fill the blob exactly. */
function splitStrings(blob: Buffer): readonly Buffer[] | undefined {
  const strings: Buffer[] = [];
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined;
    const start = at + 4;
    at = start + blob.readUInt32BE(at);
    if (at > blob.length) return undefined;
    strings.push(blob.subarray(start, at));
  }
  return strings;
}

/** `SHA256:…` without padding, as `ssh-keygen -l` prints it. */
export function fingerprint(key: PublicKey): string {
  const digest = createHash('sha256').update(Buffer.from(key.base64, 'base64')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

export function samePublicKey(one: PublicKey, other: PublicKey): boolean {
  return one.base64 === other.base64;
}

import { generateKeyPairSync } from 'node:crypto';
import { LabError } from './errors.ts';

/** A key pair that signs store paths, as Nix writes it: `name:base64`. */
export interface SigningKey {
  readonly secretKey: string;
  readonly publicKey: string;
}

export function makeSigningKey(name: string): SigningKey {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (d === undefined || x === undefined) {
    throw new LabError('node made an ed25519 key without its parts');
  }
  const publicPart = Buffer.from(x, 'base64url');
  // libsodium's form of a secret key: the seed, then the public key.
  const secretPart = Buffer.concat([Buffer.from(d, 'base64url'), publicPart]);
  return {
    secretKey: `${name}:${secretPart.toString('base64')}`,
    publicKey: `${name}:${publicPart.toString('base64')}`,
  };
}

import type { Host } from './host.ts';

/** A key pair as ssh-keygen(1) writes it. */
export interface KeyPair {
  readonly privateKey: string;
  /** One line: type, base64, comment. */
  readonly publicKey: string;
}

export interface KeyOptions {
  /** Default `ed25519`. */
  readonly type?: 'ed25519' | 'ecdsa' | 'rsa' | undefined;
  readonly passphrase?: string | undefined;
  /** Default: OpenSSH's own. */
  readonly format?: 'RFC4716' | 'PKCS8' | 'PEM' | undefined;
}

/** Makes a key pair with the host's ssh-keygen; no file of it remains. */
export async function makeKey(host: Host, options: KeyOptions = {}): Promise<KeyPair> {
  const folder = await host.output(['mktemp', '-d']);
  const file = `${folder}/key`;
  const format = options.format === undefined ? [] : ['-m', options.format];
  const secret = ['-N', options.passphrase ?? '', '-C', 'lab', '-f', file];
  await host.output(['ssh-keygen', '-q', '-t', options.type ?? 'ed25519', ...format, ...secret]);
  const [privateKey, publicKey] = await Promise.all([host.read(file), host.read(`${file}.pub`)]);
  await host.output(['rm', '-r', folder]);
  return { privateKey, publicKey: publicKey.trim() };
}

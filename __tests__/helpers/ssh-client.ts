import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { lookupHostKeys, parseKnownHosts } from '../../src/domain/known-hosts.ts';
import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import type { Ssh2Options } from '../../src/ssh/options.ts';
import { parsePrivateKeys, type PrivateKey } from '../../src/ssh/private-key.ts';
import { generateKey, type HostKeyType, type Sshd } from './sshd.ts';

/** A fresh key pair: the parsed private half, and the line for authorized_keys. */
export interface KeyPair {
  readonly key: PrivateKey;
  readonly authorizedKey: string;
}

export function makeKeyPair(type: HostKeyType = 'ed25519'): KeyPair {
  const dir = mkdtempSync(join(tmpdir(), 'key-test-'));
  try {
    const path = join(dir, 'key');
    const authorizedKey = generateKey(path, type);
    const [key] = parsePrivateKeys(readFileSync(path, 'utf8'));
    if (key === undefined) throw new Error('no key was made');
    return { key, authorizedKey };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export function connectOptions(sshd: Sshd, keys: readonly PrivateKey[]): Ssh2Options {
  return {
    host: sshd.host,
    port: sshd.port,
    user: sshd.user,
    credentials: { kind: 'keys', keys },
    hostKeys: knownHosts(sshd, sshd.knownHosts()),
  };
}

export function knownHosts(sshd: Sshd, text: string): Ssh2Options['hostKeys'] {
  return lookupHostKeys(parseKnownHosts(text), sshd.host, sshd.port);
}

/** The error with which connecting fails; a connection that comes about is closed, and fails the test. */
export async function connectFailure(options: Ssh2Options): Promise<unknown> {
  let connection: SshConnection;
  try {
    connection = await connectSsh(options);
  } catch (error) {
    return error;
  }
  connection.close();
  throw new Error('the connection came about');
}

/** All that a stream says, as text. */
export async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

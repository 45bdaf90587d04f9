import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { lookupHostKeys, parseKnownHosts } from '../../src/domain/known-hosts.ts';
import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import type { ConnectOptions, OpensshOptions, Ssh2Options } from '../../src/ssh/options.ts';
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

/** The clients that there are. */
export const TRANSPORTS = ['ssh2', 'openssh'] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** The same over any client. */
export function connectOptionsOver(
  transport: Transport,
  sshd: Sshd,
  keys: readonly PrivateKey[],
): ConnectOptions {
  return transport === 'ssh2' ? connectOptions(sshd, keys) : opensshOptions(sshd, keys);
}

/** What the client makes is in the server's own folder. */
export function opensshOptions(sshd: Sshd, keys: readonly PrivateKey[]): OpensshOptions {
  return {
    transport: 'openssh',
    host: sshd.host,
    port: sshd.port,
    user: sshd.user,
    identity: { kind: 'keys', keys },
    hostKeys: { knownHosts: sshd.knownHosts(), pinned: undefined },
    env: { PATH: process.env['PATH'] ?? '' },
    directory: sshd.dir,
  };
}

export function knownHosts(sshd: Sshd, text: string): Ssh2Options['hostKeys'] {
  return lookupHostKeys(parseKnownHosts(text), sshd.host, sshd.port);
}

/** The error with which connecting fails; a connection that comes about is closed, and fails the test. */
export async function connectFailure(options: ConnectOptions): Promise<unknown> {
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

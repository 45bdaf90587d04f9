import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import type { PrivateKey } from '../private-key.ts';
import { Fields, sshString, uint32 } from '../wire.ts';
import { PacketSplitter } from './packets.ts';

/** Of the agent's protocol (draft-ietf-sshm-ssh-agent). */
const AGENT = {
  failure: 5,
  requestIdentities: 11,
  identities: 12,
  signRequest: 13,
  signature: 14,
} as const;

/** Which hash is to sign with an RSA key; without one it would be SHA-1, which nobody should accept. */
const RSA_HASHES = [
  { flag: 2, hash: 'sha256', algorithm: 'rsa-sha2-256' },
  { flag: 4, hash: 'sha512', algorithm: 'rsa-sha2-512' },
] as const;

/**
 * An SSH agent in this process: the OpenSSH client asks it for signatures, and so no key leaves our memory. It signs for whoever may
 * open its socket, so that belongs into a folder of mode 0700.
 */
export class KeyAgent {
  readonly #server: Server;
  readonly #clients = new Set<Socket>();

  private constructor(keys: readonly PrivateKey[]) {
    this.#server = createServer((socket) => {
      this.#clients.add(socket);
      socket.on('close', () => this.#clients.delete(socket));
      serve(socket, keys);
    });
  }

  /** @param path of the socket */
  static async listen(path: string, keys: readonly PrivateKey[]): Promise<KeyAgent> {
    const agent = new KeyAgent(keys);
    agent.#server.listen(path);
    await once(agent.#server, 'listening');
    return agent;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#clients) socket.destroy();
  }
}

function serve(socket: Socket, keys: readonly PrivateKey[]): void {
  const splitter = new PacketSplitter();
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const request of splitter.push(chunk)) socket.write(sshString(answer(request, keys)));
    } catch {
      socket.destroy(); // it does not speak the protocol
    }
  });
}

/** What the agent answers; to what it does not know, extensions among it, that it fails. */
export function answer(request: Buffer, keys: readonly PrivateKey[]): Buffer {
  const fields = new Fields(request);
  switch (fields.byte()) {
    case AGENT.requestIdentities:
      return identities(keys);
    case AGENT.signRequest:
      return sign(fields, keys) ?? Buffer.of(AGENT.failure);
    default:
      return Buffer.of(AGENT.failure);
  }
}

function identities(keys: readonly PrivateKey[]): Buffer {
  const entries = keys.flatMap((key) => [
    sshString(key.parsed().getPublicSSH()),
    sshString(key.fingerprint),
  ]);
  return Buffer.concat([Buffer.of(AGENT.identities), uint32(keys.length), ...entries]);
}

function sign(fields: Fields, keys: readonly PrivateKey[]): Buffer | undefined {
  const blob = fields.string();
  const data = fields.string();
  const flags = fields.uint32();
  const key = keys.find((each) => each.parsed().getPublicSSH().equals(blob));
  const signature = key && signWith(key, data, flags);
  return signature && Buffer.concat([Buffer.of(AGENT.signature), sshString(signature)]);
}

function signWith(key: PrivateKey, data: Buffer, flags: number): Buffer | undefined {
  const isRsa = key.type === 'ssh-rsa';
  const rsa = isRsa ? RSA_HASHES.find(({ flag }) => (flags & flag) !== 0) : undefined;
  if (isRsa && !rsa) return undefined;
  const made: unknown = key.parsed().sign(data, rsa?.hash);
  if (!Buffer.isBuffer(made)) return undefined;
  const raw = key.type.startsWith('ecdsa-') ? ecdsaSignature(made) : made;
  return Buffer.concat([sshString(rsa?.algorithm ?? key.type), sshString(raw)]);
}

/** From DER, SEQUENCE { INTEGER r, INTEGER s }, to two strings (RFC 5656, 3.1.2); the integers are written alike. */
function ecdsaSignature(der: Buffer): Buffer {
  // The sequence's length takes two bytes from 128 on, as for nistp521.
  const r = derInteger(der, der.readUInt8(1) < 0x80 ? 2 : 3);
  return Buffer.concat([sshString(r.value), sshString(derInteger(der, r.end).value)]);
}

function derInteger(der: Buffer, at: number): { readonly value: Buffer; readonly end: number } {
  const start = at + 2;
  const end = start + der.readUInt8(at + 1);
  return { value: der.subarray(start, end), end };
}

/**
 * Serves a tunnel on a host of the lab. One line of JSON on standard input says to what ({@link TunnelRequest}); one line of JSON on standard
 * output says where it is ({@link TunnelPlace}). Each further line is answered with {@link TunnelState}. The end of standard input ends it.
 */
import { createInterface } from 'node:readline';
import { lookupHostKeys, parseKnownHosts } from '../../src/domain/known-hosts.ts';
import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import { parsePrivateKeys } from '../../src/ssh/private-key.ts';
import { makeTunnelFolder, removeTunnelFolder } from '../../src/tunnel/folder.ts';
import type { TunnelService } from '../../src/tunnel/service.ts';
import { Tunnel } from '../../src/tunnel/tunnel.ts';

export interface TunnelRequest {
  readonly user: string;
  readonly port: number;
  readonly privateKey: string;
  readonly knownHosts: string;
  readonly service: TunnelService;
  /** Default: `/tmp`. */
  readonly temp?: string | undefined;
}

export interface TunnelPlace {
  readonly folder: string;
  readonly socketPath: string;
  readonly storeUri: string;
}

export interface TunnelState {
  readonly connections: number;
  readonly clients: number;
  readonly channels: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly notices: readonly string[];
}

const HOST = '127.0.0.1';

let connections = 0;
let current: Promise<SshConnection> | undefined;
const notices: string[] = [];

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const request = JSON.parse(await nextLine()) as TunnelRequest;
const folder = await makeTunnelFolder(request.temp ?? '/tmp');
const tunnel = await Tunnel.open({
  folder,
  name: 'builder.example.org',
  index: 0,
  label: 'the builder',
  service: request.service,
  pipe: { node: process.execPath, script: '/checkout/dist/pipe/index.js' },
  connection: () => (current ??= connect()),
  onNotice: (text) => notices.push(text),
});
const place: TunnelPlace = {
  folder,
  socketPath: tunnel.socketPath,
  storeUri: tunnel.storeUri,
};
process.stdout.write(`${JSON.stringify(place)}\n`);
while (!(await lines.next()).done) {
  const { clients, channels, bytesSent, bytesReceived } = tunnel;
  const state: TunnelState = { connections, clients, channels, bytesSent, bytesReceived, notices };
  process.stdout.write(`${JSON.stringify(state)}\n`);
}
await tunnel.close();
await removeTunnelFolder(folder);
(await current)?.close();

async function nextLine(): Promise<string> {
  const next = await lines.next();
  if (next.done === true) throw new Error('standard input has ended');
  return next.value;
}

async function connect(): Promise<SshConnection> {
  const { user, port, privateKey, knownHosts } = request;
  try {
    const connection = await connectSsh({
      host: HOST,
      port,
      user,
      credentials: { kind: 'keys', keys: parsePrivateKeys(privateKey) },
      hostKeys: lookupHostKeys(parseKnownHosts(knownHosts), HOST, port),
    });
    connections += 1;
    void connection.closed.then(() => (current = undefined));
    return connection;
  } catch (error) {
    current = undefined;
    throw error;
  }
}

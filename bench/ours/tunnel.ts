/**
 * Serves a tunnel to each of some commands on the builder. Runs on the lab's runner: {@link TunnelsRequest} comes as a line of JSON on
 * standard input, whose end is the end; a line of JSON on standard output says what to start for each: {@link TunnelsPlace}.
 */
import { createInterface } from 'node:readline';
import { lookupHostKeys, parseKnownHosts } from '../../src/domain/known-hosts.ts';
import { connectSsh } from '../../src/ssh/connection.ts';
import { parsePrivateKeys } from '../../src/ssh/private-key.ts';
import { makeTunnelFolder, removeTunnelFolder } from '../../src/tunnel/folder.ts';
import { Tunnel } from '../../src/tunnel/tunnel.ts';

export interface TunnelsRequest {
  readonly user: string;
  readonly port: number;
  readonly knownHosts: string;
  readonly privateKey: string;
  /** For the builder's shell. */
  readonly commands: readonly string[];
}

export interface TunnelsPlace {
  /** Command lines, in the same order. */
  readonly pipes: readonly string[];
}

const HOST = '127.0.0.1';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const request = JSON.parse(String((await lines.next()).value)) as TunnelsRequest;
const { user, port } = request;
const connection = await connectSsh({
  ...{ host: HOST, port, user },
  credentials: { kind: 'keys', keys: parsePrivateKeys(request.privateKey) },
  hostKeys: lookupHostKeys(parseKnownHosts(request.knownHosts), HOST, port),
});
const folder = await makeTunnelFolder('/tmp');
const tunnels = await Promise.all(request.commands.map(openTunnel));
const place: TunnelsPlace = {
  pipes: tunnels.map(({ storeUri }) => new URL(storeUri).searchParams.get('remote-program') ?? ''),
};
process.stdout.write(`${JSON.stringify(place)}\n`);
await lines.next();
await Promise.all(tunnels.map((tunnel) => tunnel.close()));
await removeTunnelFolder(folder);
connection.close();

function openTunnel(command: string, index: number): Promise<Tunnel> {
  return Tunnel.open({
    folder,
    name: `bench-${index}`,
    index,
    label: command,
    // What a worker gets as arguments, such as --stdio, this shell's script does not look at.
    service: { kind: 'worker', remoteProgram: ['sh', '-c', command], remoteStore: undefined },
    pipe: { node: process.execPath, script: '/checkout/dist/pipe/index.js' },
    connection: () => Promise.resolve(connection),
    onNotice: (text) => process.stderr.write(`${text}\n`),
  });
}

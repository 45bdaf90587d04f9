/** Logs in, and does nothing: what any program needs before it can ask for anything. */
import { text } from 'node:stream/consumers';
import { lookupHostKeys, parseKnownHosts } from '../../src/domain/known-hosts.ts';
import { parseStoreUri } from '../../src/domain/store-uri.ts';
import { connectSsh } from '../../src/ssh/connection.ts';
import { parsePrivateKeys } from '../../src/ssh/private-key.ts';
import type { OursRequest } from './request.ts';

const { store, knownHosts, privateKey } = JSON.parse(await text(process.stdin)) as OursRequest;
const { host, port, user = 'nobody' } = parseStoreUri(store);
const start = performance.now();
const connection = await connectSsh({
  ...{ transport: 'ssh2', host, port, user, compress: false },
  credentials: { kind: 'keys', keys: parsePrivateKeys(privateKey, undefined) },
  hostKeys: lookupHostKeys(parseKnownHosts(knownHosts), host, port),
});
const seconds = (performance.now() - start) / 1000;
connection.close();
process.stdout.write(`${JSON.stringify({ connected: seconds })}\n`);

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import ssh2, { type Connection } from 'ssh2';
import { afterEach, expect, test } from 'vitest';

import { pinnedHostKey } from '../../src/domain/known-hosts.ts';
import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import { SSH2_WINDOW } from '../../src/ssh/window.ts';
import { makeKeyPair, readAll } from '../helpers/ssh-client.ts';

const PEM = { type: 'pkcs1', format: 'pem' } as const;
const hostKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(PEM);
const ours = makeKeyPair();

let connection: SshConnection | undefined;
afterEach(() => connection?.close());

/** Connects to a server that does what no sshd would, once it has let us in. */
async function connectTo(serve: (client: Connection) => void): Promise<SshConnection> {
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('authentication', (context) => context.accept());
    client.on('error', () => undefined);
    serve(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const key = ssh2.utils.parseKey(hostKey.toString());
  if (key instanceof Error) throw key;
  connection = await connectSsh({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    user: 'ci',
    windowBytes: SSH2_WINDOW,
    credentials: { kind: 'keys', keys: [ours.key] },
    hostKeys: pinnedHostKey(`ssh-rsa ${key.getPublicSSH().toString('base64')}`),
  });
  void connection.closed.then(() => server.close());
  return connection;
}

test('what it says on the standard error of a socket is dropped, and does not hold up the rest', async () => {
  const connected = await connectTo((client) => {
    client.on('openssh.streamlocal', (accept) => {
      const channel = accept();
      channel.stderr.write(Buffer.alloc(2 * SSH2_WINDOW), () => channel.end('bye'));
    });
  });
  const { duplex } = await connected.openSocket('/socket');
  const closed = once(duplex, 'close');
  expect(await readAll(duplex)).toBe('bye');
  await closed;
});

test('why it refuses a channel stays on one line', async () => {
  const connected = await connectTo((client) => {
    client.on('session', () => {
      const { _protocol } = client as unknown as {
        readonly _protocol: { channelOpenFail(id: number, reason: number, text: string): void };
      };
      _protocol.channelOpenFail(0, 2, 'no\n::warning::\u001b[2J');
    });
  });
  await expect(connected.exec('true')).rejects.toMatchObject({
    code: 'channel-refused',
    message: `${connected.label} refused the command true: no ::warning::\\x1b[2J`,
  });
});

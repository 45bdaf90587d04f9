import { once } from 'node:events';

import { describe, expect, test } from 'vitest';

import { startBuilder, type Builder, type UserName } from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { lookupHostKeys, parseKnownHosts } from '../../src/domain/known-hosts.ts';
import type { Ssh2Options } from '../../src/ssh/options.ts';
import { parsePrivateKeys } from '../../src/ssh/private-key.ts';
import { connectWorker } from '../../src/ssh/worker-channel.ts';
import { makeKeyPair } from '../helpers/ssh-client.ts';

/** How a client of the worker protocol begins, and what a daemon answers (worker-protocol.hh). */
const MAGIC_1 = 0x6e697863n;
const MAGIC_2 = 0x6478696fn;

const program = { remoteProgram: [], remoteStore: undefined };

describe.each(TESTED_SUITES)("a builder with OpenSSH and Nix of Debian's %s", (suite) => {
  test.each([
    ['root', 'socket'],
    ['ci', 'socket'],
    ['forced', 'exec'],
  ] as const)('answers %s on its %s', async (user, kind) => {
    await using builder = await startBuilder({ suite });
    const { connection, channel } = await connectWorker(optionsFor(builder, user), program);
    try {
      expect(channel.kind).toBe(kind);
      const hello = Buffer.alloc(8);
      hello.writeBigUInt64LE(MAGIC_1);
      channel.duplex.write(hello);
      const [answer] = (await once(channel.duplex, 'data')) as [Buffer];
      expect(answer.readBigUInt64LE()).toBe(MAGIC_2);
    } finally {
      connection.close();
    }
  });

  test('refuses a key that it does not know, whatever travels with it', async () => {
    await using builder = await startBuilder({ suite });
    const { key } = makeKeyPair();
    const credentials = { kind: 'keys', keys: [key] } as const;
    await expect(
      connectWorker({ ...optionsFor(builder, 'ci'), credentials }, program),
    ).rejects.toMatchObject({
      code: 'authentication-failed',
      message: `127.0.0.1 does not let ci in: offered was ssh-ed25519 ${key.fingerprint}`,
    });
  });
});

function optionsFor(builder: Builder, user: UserName): Ssh2Options {
  const [host, port] = ['127.0.0.1', builder.port];
  return {
    host,
    port,
    user,
    credentials: { kind: 'keys', keys: parsePrivateKeys(builder.key.privateKey) },
    hostKeys: lookupHostKeys(parseKnownHosts(builder.knownHosts()), host, port),
  };
}

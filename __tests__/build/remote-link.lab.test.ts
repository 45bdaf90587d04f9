import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeKey, startBuilder, within, type Builder } from '../../lab/index.ts';
import { RemoteLink, type Patience } from '../../src/build/remote-link.ts';
import { Remote } from '../../src/build/remote.ts';
import { lookupHostKeys, parseKnownHosts } from '../../src/domain/known-hosts.ts';
import { parseStoreUri } from '../../src/domain/store-uri.ts';
import { parsePrivateKeys } from '../../src/ssh/private-key.ts';
import { waitUntil } from '../helpers/wait-until.ts';

const NO_OPTIONS = {
  ...{ keepGoing: undefined, maxJobs: undefined, cores: undefined },
  ...{ timeout: undefined, maxSilentTime: undefined, settings: new Map<string, string>() },
};

const NEVER = new AbortController().signal;

let builder: Builder;

beforeAll(async () => {
  builder = await startBuilder();
});

afterAll(() => builder.stop());

/** A link to the builder, and what it has told. */
class Linked implements Disposable {
  readonly link: RemoteLink<Remote>;
  readonly notices: string[] = [];
  attempts = 0;

  constructor(
    first: Remote,
    connect: (signal: AbortSignal) => Promise<Remote>,
    patience: Patience,
  ) {
    this.link = new RemoteLink({
      first,
      patience,
      connect: (signal) => {
        this.attempts += 1;
        return connect(signal);
      },
      onNotice: (text) => this.notices.push(text),
    });
  }

  /** Ends the connection from the other side, and waits until that is noticed. */
  async lose(): Promise<void> {
    const { length } = this.notices;
    await builder.dropConnections();
    await waitUntil(() => this.notices.length > length, 'the loss');
  }

  [Symbol.dispose](): void {
    this.link.close();
  }
}

/** @param privateKeys one for each connection; the last for all further ones */
async function linked(
  patience: Partial<Patience> = {},
  privateKeys: readonly string[] = [builder.key.privateKey],
): Promise<Linked> {
  const keys = [...privateKeys];
  const connect = (signal: AbortSignal): Promise<Remote> => {
    const key = (keys.length > 1 ? keys.shift() : keys[0]) ?? '';
    return Remote.connect(
      {
        uri: parseStoreUri(`ssh-ng://ci@127.0.0.1:${builder.port}`),
        access: {
          loginFor: ({ host, port }) =>
            Promise.resolve({
              user: 'ci',
              credentials: { kind: 'keys', keys: parsePrivateKeys(key) },
              hostKeys: lookupHostKeys(parseKnownHosts(builder.knownHosts()), host, port),
            }),
        },
        options: NO_OPTIONS,
      },
      signal,
    );
  };
  const whole = { firstMs: 50, longestMs: 200, totalMs: 20_000, restMs: 0, ...patience };
  return new Linked(await connect(NEVER), connect, whole);
}

/** Uses a connection. */
async function nixVersion(remote: Remote): Promise<string | undefined> {
  const store = await remote.openSession();
  const { nixVersion } = await store.greeting;
  store.close();
  return nixVersion;
}

it('gives the connection that there is', async () => {
  using linking = await linked();
  const { link } = linking;
  const remote = await link.get(NEVER);
  expect(await link.get(NEVER)).toBe(remote);
  expect(await nixVersion(remote)).toMatch(/^2\./);
  expect({ attempts: linking.attempts, reconnects: link.reconnects }).toEqual({
    attempts: 0,
    reconnects: 0,
  });
});

it('makes another after a loss, one for all who wait, and counts the bytes of both', async () => {
  using linking = await linked();
  const { link } = linking;
  const lost = await link.get(NEVER);
  await linking.lose();
  const before = { sent: link.bytesSent, received: link.bytesReceived };
  expect(before.sent).toBe(lost.bytesSent);
  expect(before.sent).toBeGreaterThan(1000);
  const [remote, ...others] = await Promise.all([1, 2, 3].map(() => link.get(NEVER)));
  expect(remote).not.toBe(lost);
  expect(others).toEqual([remote, remote]);
  expect(linking.attempts).toBe(1);
  expect(await nixVersion(remote ?? lost)).toMatch(/^2\./);
  expect(link.bytesSent).toBe(before.sent + (remote?.bytesSent ?? 0));
  expect(link.bytesReceived).toBeGreaterThan(before.received + 1000);
  expect(link.reconnects).toBe(1);
  const label = `ssh-ng://ci@127.0.0.1:${builder.port}`;
  expect(linking.notices).toEqual([
    expect.stringMatching(/^the connection to ci@127\.0\.0\.1:\d+ was lost: /),
    `connected to ${label} again`,
  ]);
});

it('waits for a remote that starts again', async () => {
  using linking = await linked();
  await builder.sshd.stop();
  await linking.lose();
  const waiting = linking.link.get(NEVER);
  await waitUntil(() => linking.attempts >= 3, 'three tries');
  await builder.sshd.start();
  expect(await nixVersion(await waiting)).toMatch(/^2\./);
});

it('gives up after a while with the last error, and tries again for who asks again', async () => {
  using linking = await linked({ totalMs: 700 });
  await builder.sshd.stop();
  await linking.lose();
  const began = performance.now();
  await expect(linking.link.get(NEVER)).rejects.toMatchObject({
    code: 'host-unreachable',
    message: expect.stringMatching(
      /^127\.0\.0\.1 refuses connections .+ \(tried for \d+ s\)$/,
    ) as string,
    hint: expect.stringContaining('sshd') as string,
  });
  expect(performance.now() - began).toBeGreaterThan(600);
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(linking.attempts).toBeGreaterThan(2);
  await builder.sshd.start();
  expect(await nixVersion(await linking.link.get(NEVER))).toMatch(/^2\./);
});

it('is not patient with a remote that lets us in no more', async () => {
  const unknown = await makeKey(builder);
  using linking = await linked({}, [builder.key.privateKey, unknown.privateKey]);
  await linking.lose();
  await expect(linking.link.get(NEVER)).rejects.toMatchObject({ code: 'authentication-failed' });
  expect(linking.attempts).toBe(1);
});

it('lets one who no longer waits go, and serves the others', async () => {
  using linking = await linked();
  await builder.sshd.stop();
  await linking.lose();
  const impatient = new AbortController();
  const reason = new Error('the client is gone');
  const left = linking.link.get(impatient.signal);
  const stayed = linking.link.get(NEVER);
  await delay(50);
  impatient.abort(reason);
  await expect(left).rejects.toBe(reason);
  await expect(linking.link.get(impatient.signal)).rejects.toBe(reason);
  await builder.sshd.start();
  expect(await nixVersion(await stayed)).toMatch(/^2\./);
});

it('ends all waits when it is closed', async () => {
  using linking = await linked();
  await builder.sshd.stop();
  await linking.lose();
  const waiting = linking.link.get(NEVER);
  await delay(50);
  linking.link.close();
  await expect(within(20_000, 'its end', waiting)).rejects.toMatchObject({ code: 'cancelled' });
  await expect(linking.link.get(NEVER)).rejects.toMatchObject({ code: 'cancelled' });
  await builder.sshd.start();
});

it('rests after giving up: who asks meanwhile is told at once, and there is no other try', async () => {
  using linking = await linked({ totalMs: 300, restMs: 3000 });
  await builder.sshd.stop();
  await linking.lose();
  expect(linking.link.loss?.reason.message).toMatch(/ was lost: /);
  const refused = { code: 'host-unreachable' };
  await expect(linking.link.get(NEVER)).rejects.toMatchObject(refused);
  const { attempts } = linking;
  await expect(linking.link.get(NEVER)).rejects.toMatchObject(refused);
  expect(linking.attempts).toBe(attempts);
  await builder.sshd.start();
  await waitUntil(async () => linking.link.get(NEVER).then(isThere, isNotThere), 'a connection');
});

const isThere = (): boolean => true;
const isNotThere = (): boolean => false;

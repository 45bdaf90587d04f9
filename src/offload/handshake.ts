import type { Duplex } from 'node:stream';
import type { Greeting } from '../domain/daemon.ts';
import { isSpoken, readDaemonVersion, readWelcome } from '../protocol/handshake.ts';
import { writeError } from '../protocol/replies.ts';
import {
  CLIENT_MAGIC_BYTES,
  readClientMagic,
  skipClientHello,
  writeClientVersion,
  writeDaemonVersion,
  writeWelcome,
} from '../protocol/server-handshake.ts';
import { ADVERTISED, protocolText, type ProtocolVersion } from '../protocol/version.ts';
import { type Feed, teeing } from './feed.ts';

/** For people. */
export const LOCAL_STORE = 'the local store';

/** One side of a connection. */
export interface Side {
  readonly duplex: Duplex;
  readonly feed: Feed;
}

export type Handshake =
  | { readonly kind: 'agreed'; readonly greeting: Greeting }
  /** One of the two speaks what nothing here can read. Both have said their first words, and may go on between themselves. */
  | { readonly kind: 'foreign'; readonly who: string };

/**
 * Stands between a client and the local daemon while they greet each other, so that they agree on a protocol without lists
 * of features, which is one that can be read here.
 *
 * The daemon is asked first: a client that is older than 2.26 says nothing of itself before it knows the daemon's version.
 * @throws ActionError `protocol-mismatch` or `daemon-error` for the local daemon, `protocol-violation` for the client
 */
export async function shakeHands(client: Side, daemon: Side): Promise<Handshake> {
  daemon.duplex.write(CLIENT_MAGIC_BYTES);
  const daemons = await daemon.feed.decode(readDaemonVersion(daemon.feed.reader, LOCAL_STORE));
  await client.feed.decode(readClientMagic(client.feed.reader));
  if (!isSpoken(daemons)) {
    client.duplex.write(writeDaemonVersion(daemons));
    return { kind: 'foreign', who: `the local daemon speaks ${protocolText(daemons)}` };
  }
  client.duplex.write(writeDaemonVersion(Math.min(daemons, ADVERTISED)));
  const clients = await client.feed.decode(client.feed.reader.u64());
  if (!isSpoken(clients)) {
    daemon.duplex.write(writeClientVersion(clients));
    return { kind: 'foreign', who: `the client speaks ${protocolText(clients)}` };
  }
  daemon.duplex.write(writeClientVersion(Math.min(clients, ADVERTISED)));
  const greeting = await introduce(client, daemon, Math.min(daemons, clients, ADVERTISED));
  return { kind: 'agreed', greeting };
}

/** Greets a client in the daemon's stead, only to tell it what is wrong. */
export async function turnAway(client: Side, message: string): Promise<void> {
  const { duplex, feed } = client;
  await feed.decode(readClientMagic(feed.reader));
  duplex.write(writeDaemonVersion(ADVERTISED));
  const clients = await feed.decode(feed.reader.u64());
  if (!isSpoken(clients)) return;
  await feed.decode(skipClientHello(feed.reader));
  duplex.write(writeWelcome(Math.min(clients, ADVERTISED)));
  duplex.write(writeError({ message }));
}

/** Passes on the rest of what both say of themselves. */
async function introduce(client: Side, daemon: Side, version: ProtocolVersion): Promise<Greeting> {
  const toDaemon = (bytes: Buffer): void => void daemon.duplex.write(bytes);
  const toClient = (bytes: Buffer): void => void client.duplex.write(bytes);
  const { reader } = daemon.feed;
  await client.feed.decode(
    teeing(client.feed.reader, toDaemon, skipClientHello(client.feed.reader)),
  );
  return await daemon.feed.decode(
    teeing(reader, toClient, readWelcome(reader, LOCAL_STORE, version)),
  );
}

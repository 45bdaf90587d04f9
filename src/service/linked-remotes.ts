import type { OffloadRemote } from '../build/offload-engine.ts';
import { abilitiesOf } from '../build/offers.ts';
import { presentPlaces } from '../build/present-places.ts';
import { RemoteLink, type Patience } from '../build/remote-link.ts';
import type { Remote } from '../build/remote.ts';
import { formatStoreUri, type RemoteStoreUri } from '../domain/store-uri.ts';

/** Others can do its work: a remote that is gone is waited for once, and then for a minute not at all. */
const BESIDE_OTHERS: Patience = { firstMs: 500, longestMs: 4000, totalMs: 10_000, restMs: 60_000 };

/** Remotes whose connections are made anew when they were lost and somebody needs them. */
export class LinkedRemotes {
  /** As they were connected first. */
  readonly first: readonly [Remote, ...Remote[]];
  /** Who could not be reached, and why. */
  readonly leftOut: readonly string[];
  readonly #links: readonly RemoteLink<Remote>[] = [];

  private constructor(
    first: readonly [Remote, ...Remote[]],
    leftOut: readonly string[],
    links: readonly RemoteLink<Remote>[],
  ) {
    this.first = first;
    this.leftOut = leftOut;
    this.#links = links;
  }

  /**
   * Connects to all; who cannot be reached is left out.
   * @throws ActionError of ssh/, where nobody is left or somebody is not as he should be
   */
  static async connect(
    uris: readonly RemoteStoreUri[],
    connect: (uri: RemoteStoreUri, signal: AbortSignal) => Promise<Remote>,
    onNotice: (text: string) => void,
    signal: AbortSignal,
  ): Promise<LinkedRemotes> {
    const leftOut: string[] = [];
    const connecting = uris.map((uri) => ({
      label: formatStoreUri(uri),
      connected: connect(uri, signal),
    }));
    try {
      const first = await presentPlaces(connecting, (text) => leftOut.push(text));
      const links = first.map(
        (remote) =>
          new RemoteLink({
            first: remote,
            connect: (until) => connect(remote.uri, until),
            onNotice,
            ...(first.length > 1 ? { patience: BESIDE_OTHERS } : {}),
          }),
      );
      return new LinkedRemotes(first, leftOut, links);
    } catch (error) {
      for (const { connected } of connecting)
        void connected.then((remote) => remote.close()).catch(() => undefined);
      throw error;
    }
  }

  /** For the offload socket. What a remote can do is asked once. */
  get remotes(): readonly OffloadRemote[] {
    return this.#links.map((link, index) => {
      const first = this.first[index] ?? this.first[0];
      return {
        abilities: async () => abilitiesOf(first.uri, await first.settings()),
        connected: (signal) => link.get(signal),
      };
    });
  }

  /** For people. */
  get label(): string {
    return this.first.map(({ label }) => label).join(', ');
  }

  /** Over all connections, SSH's own included. */
  get bytesSent(): number {
    return this.#links.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  }

  get bytesReceived(): number {
    return this.#links.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
  }

  /** How often there was a new connection after a lost one. */
  get reconnects(): number {
    return this.#links.reduce((sum, { reconnects }) => sum + reconnects, 0);
  }

  /** Ends all connections, and all waits for another. */
  close(): void {
    for (const link of this.#links) link.close();
  }
}

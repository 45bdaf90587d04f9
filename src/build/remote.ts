import { ActionError, toError } from '../domain/errors.ts';
import { formatStoreUri, type RemoteStoreUri } from '../domain/store-uri.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { Offer } from '../plan/route.ts';
import type { SshConnection } from '../ssh/connection.ts';
import {
  connectWorker,
  openWorkerChannel,
  type WorkerChannel,
  type WorkerConnection,
  type WorkerProgram,
} from '../ssh/worker-channel.ts';
import { openStore } from '../store/daemon-store.ts';
import type { Greeting, Store } from '../store/store.ts';
import {
  askedNames,
  daemonArguments,
  deliverOptions,
  ignoredSettings,
  ignoredText,
  optionsKey,
  type BuildOptions,
  type Logging,
} from './daemon-options.ts';
import type { Access } from './access.ts';
import type { Observe } from './events.ts';
import { offerOf } from './offers.ts';
import { dumpOverSsh } from './remote-dump.ts';
import { readRemoteSettings } from './remote-settings.ts';
import type { BuildPlace } from './place.ts';

export interface RemoteRequest {
  readonly uri: RemoteStoreUri;
  readonly access: Access;
  readonly options: BuildOptions;
  /** How fast it is beside others, if anybody says so; default 1. */
  readonly speedFactor?: number | undefined;
}

/** One remote: an SSH connection, and the sessions with its store that run over it. */
export class Remote implements BuildPlace {
  readonly label: string;
  readonly #connection: SshConnection;
  readonly #request: RemoteRequest;
  readonly #settings: Promise<NixSettings | undefined>;
  /** What its daemon says of itself. */
  readonly greeting: Promise<Greeting>;
  /** On the channel that was asked for together with the connection, until somebody takes it. */
  #first: Session | undefined;

  private constructor(
    request: RemoteRequest,
    { connection, channel }: WorkerConnection,
    settings: Promise<NixSettings | undefined>,
  ) {
    this.label = formatStoreUri(request.uri);
    this.#connection = connection;
    this.#request = request;
    this.#settings = settings;
    this.#first = this.#sessionOn(channel);
    this.greeting = this.#first.store.greeting;
  }

  /**
   * Connects, with the channel that is to build. What the remote has as settings is asked for at the same time, on a channel of its
   * own, and waited for only where it is needed.
   * @throws ActionError of ssh/
   */
  static async connect(request: RemoteRequest, signal: AbortSignal): Promise<Remote> {
    const { uri, access, options } = request;
    const endpoint = { ...uri, publicHostKey: uri.base64SshPublicHostKey };
    let settings: Promise<NixSettings | undefined> | undefined;
    const connected = await connectWorker(
      {
        host: uri.host,
        port: uri.port,
        ...(await access.loginFor(endpoint)),
        compress: uri.compress,
        signal,
        onRequestable: (connection) => {
          settings = readRemoteSettings(connection, uri);
        },
      },
      { ...programOf(uri), daemonArgs: daemonArguments(options) },
    );
    return new Remote(
      request,
      connected,
      settings ?? readRemoteSettings(connected.connection, uri),
    );
  }

  /** Whom we are logged in as. */
  get user(): string {
    return this.#connection.user;
  }

  /** For further channels. */
  get connection(): SshConnection {
    return this.#connection;
  }

  get uri(): RemoteStoreUri {
    return this.#request.uri;
  }

  /** The remote's Nix settings; undefined where it runs no command for us (a forced command). */
  settings(): Promise<NixSettings | undefined> {
    return this.#settings;
  }

  get inputs(): BuildPlace['inputs'] {
    return { remoteUser: this.user, remoteSettings: () => this.settings() };
  }

  /** A further session, for queries and copies. */
  readonly openSession = async (): Promise<Store> =>
    this.#sessionOn(await this.#openChannel([])).store;

  readonly dump = (path: string, signal: AbortSignal): Promise<AsyncIterable<Buffer>> =>
    dumpOverSsh(this.#connection, this.uri, path, signal);

  readonly offer = async (): Promise<Offer> => {
    const offer = offerOf(this.uri, await this.settings());
    return { ...offer, capacity: offer.capacity * (this.#request.speedFactor ?? 1) };
  };

  readonly builderOf = (): string => this.label;

  /** The one that there is ends the step: see `lost`. */
  readonly lossOf = (): undefined => undefined;
  readonly rename = (text: string): string => text;
  readonly trustRemedy = (): undefined => undefined;

  /** The session whose daemon builds with the options asked for; what cannot reach it is told. */
  async buildSession(observe: Observe): Promise<Store> {
    const { store, warnings } = await this.sessionWith(this.#request.options);
    for (const text of warnings) observe({ kind: 'warning', text });
    return store;
  }

  /** A session whose daemon builds with these options: the one that connecting has opened if it suits, else a further one. */
  async sessionWith(options: BuildOptions, logging?: Logging): Promise<BuildSession> {
    const { store, kind } = await this.#sessionFor(options);
    if (askedNames(options).length === 0 && logging === undefined) return { store, warnings: [] };
    try {
      const { nixVersion, trust } = await store.greeting;
      const settings = await this.#settings;
      const delivery = deliverOptions(options, kind, nixVersion, settings, logging);
      if (delivery.setOptions) await store.setOptions(delivery.setOptions);
      if (delivery.undeliverable.length > 0) {
        return { store, warnings: [undeliverableText(this.label, delivery.undeliverable)] };
      }
      const ignored = ignoredSettings(options, trust);
      return { store, warnings: ignored.length > 0 ? [ignoredText(this.label, ignored)] : [] };
    } catch (error) {
      store.close(toError(error));
      throw error;
    }
  }

  /** Settles only if the connection is lost, with the reason. */
  get lost(): Promise<Error> {
    return this.#connection.closed.then((reason) => reason ?? new Promise<Error>(() => undefined));
  }

  get bytesSent(): number {
    return this.#connection.bytesSent;
  }

  get bytesReceived(): number {
    return this.#connection.bytesReceived;
  }

  get roundTripMs(): number {
    return this.#connection.roundTripMs;
  }

  close(): void {
    this.#connection.close();
  }

  async #sessionFor(options: BuildOptions): Promise<Session> {
    const first = this.#first;
    if (first && optionsKey(options) === optionsKey(this.#request.options)) {
      this.#first = undefined;
      return first;
    }
    return this.#sessionOn(await this.#openChannel(daemonArguments(options)));
  }

  async #openChannel(daemonArgs: readonly string[]): Promise<WorkerChannel> {
    const program = { ...programOf(this.#request.uri), daemonArgs };
    try {
      return await openWorkerChannel(this.#connection, program);
    } catch (error) {
      if (!(error instanceof ActionError) || error.code !== 'channel-refused') throw error;
      // sshd may allow one program at a time (MaxSessions), and the one that prints the settings may still run.
      await this.#settings;
      return openWorkerChannel(this.#connection, program);
    }
  }

  #sessionOn(channel: WorkerChannel): Session {
    return { store: openStore(channel, { label: this.label }), kind: channel.kind };
  }
}

/** A session that builds with the options asked for. */
export interface BuildSession {
  readonly store: Store;
  /** What could not reach it, for people. */
  readonly warnings: readonly string[];
}

interface Session {
  readonly store: Store;
  readonly kind: WorkerChannel['kind'];
}

function programOf({ remoteProgram, remoteStore }: RemoteStoreUri): WorkerProgram {
  return { remoteProgram, remoteStore };
}

function undeliverableText(label: string, names: readonly string[]): string {
  return (
    `${names.join(', ')}: ${label} cannot be told, because the SSH user is bound to one command there and Nix does not pass options on. ` +
    `Take \`command=\` away from the key's line in authorized_keys there, or set them in that machine's nix.conf.`
  );
}

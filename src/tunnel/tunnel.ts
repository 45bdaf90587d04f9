import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import type { SshConnection } from '../ssh/connection.ts';
import { Channels } from './channels.ts';
import { TunnelClient } from './client.ts';
import { socketName } from './folder.ts';
import { launcherUri, writeLauncher, type PipeProgram } from './launcher.ts';
import { listenPrivately } from './private-socket.ts';
import { openService, type ServiceStream, type TunnelService } from './service.ts';

export interface TunnelOptions {
  /** Of `makeTunnelFolder`. */
  readonly folder: string;
  /** Of `tunnelNames`: unique within the folder. */
  readonly name: string;
  /** Among the tunnels of the folder. */
  readonly index: number;
  /** The remote, for people. */
  readonly label: string;
  readonly service: TunnelService;
  readonly pipe: PipeProgram;
  /** The connection as it is now; after a loss, as soon as there is one again. The signal ends this wait alone. */
  readonly connection: (signal: AbortSignal) => Promise<SshConnection>;
  /** One more connection, see {@link Channels}. */
  readonly further?: ((signal: AbortSignal) => Promise<SshConnection>) | undefined;
  /** Told, in one line, why a client was turned away. */
  readonly onNotice: (text: string) => void;
}

/** One remote as a Unix socket, on which each client gets a channel of its own, and the way to it for Nix. */
export class Tunnel {
  readonly label: string;
  /** What to give to Nix: a store, or a machine. */
  readonly storeUri: string;
  readonly socketPath: string;
  readonly #launcher: string;
  readonly #server: Server;
  readonly #channels: Channels;
  readonly #clients = new Set<TunnelClient>();
  /** Bytes of clients that are gone. */
  #received = 0;
  #sent = 0;
  #closed: Promise<void> | undefined;

  private constructor(options: TunnelOptions) {
    const { folder, name, index, label, service, connection, further, onNotice } = options;
    this.label = label;
    this.#launcher = path.join(folder, name);
    this.socketPath = path.join(folder, socketName(index));
    this.storeUri = launcherUri(service.kind === 'worker' ? 'ssh-ng' : 'ssh', this.#launcher);
    const open = (on: SshConnection) => openService(on, service);
    this.#channels = new Channels({ connection, further, open });
    const openChannel = (signal: AbortSignal) => this.#channels.request(signal);
    this.#server = createServer({ allowHalfOpen: true }, (socket) =>
      this.#serve(new TunnelClient(socket, { label, openChannel, onNotice })),
    );
  }

  /** @throws ActionError `internal` when the socket cannot be made */
  static async open(options: TunnelOptions): Promise<Tunnel> {
    const tunnel = new Tunnel(options);
    await listenPrivately(tunnel.#server, tunnel.socketPath, `the tunnel to ${options.label}`);
    tunnel.#server.on('error', ({ message }) => options.onNotice(`a client was lost: ${message}`));
    await writeLauncher(tunnel.#launcher, options.pipe, tunnel);
    return tunnel;
  }

  /**
   * A channel for ourselves, which counts among those that the server allows.
   * @throws ActionError `channel-refused`, of the connection, or the signal's reason
   */
  openChannel(signal: AbortSignal): Promise<ServiceStream> {
    return this.#channels.request(signal);
  }

  /** How many clients there are, those included that wait for a channel. */
  get clients(): number {
    return this.#clients.size;
  }

  /** How many channels are open. */
  get channels(): number {
    return this.#channels.open;
  }

  /** From all clients so far, for the remote. */
  get bytesSent(): number {
    return [...this.#clients].reduce(
      (sum, { bytesReceived }) => sum + bytesReceived,
      this.#received,
    );
  }

  /** From the remote, to all clients so far. */
  get bytesReceived(): number {
    return [...this.#clients].reduce((sum, { bytesSent }) => sum + bytesSent, this.#sent);
  }

  /** Ends all clients hard, and removes what was made. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #serve(client: TunnelClient): void {
    this.#clients.add(client);
    void client.ended.then(() => {
      this.#clients.delete(client);
      this.#received += client.bytesReceived;
      this.#sent += client.bytesSent;
    });
  }

  async #close(): Promise<void> {
    this.#server.close();
    for (const client of this.#clients) client.close();
    this.#channels.close();
    await Promise.all([...this.#clients].map(({ ended }) => ended));
    await Promise.all([this.socketPath, this.#launcher].map((file) => rm(file, { force: true })));
  }
}

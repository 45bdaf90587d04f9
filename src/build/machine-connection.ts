import type { Machine } from '../domain/machine.ts';
import { connectSsh, type SshConnection } from '../ssh/connection.ts';
import type { Access } from './access.ts';
import type { Linked } from './remote-link.ts';

/** An SSH connection to a machine, on which Nix itself opens channels. */
export class MachineConnection implements Linked {
  readonly connection: SshConnection;
  readonly lost: Promise<Error>;

  private constructor(connection: SshConnection) {
    this.connection = connection;
    this.lost = connection.closed.then((reason) => reason ?? new Promise<Error>(() => undefined));
  }

  /** @throws ActionError of ssh/ */
  static async open(
    machine: Machine,
    access: Access,
    signal: AbortSignal,
  ): Promise<MachineConnection> {
    const { host, port, compress } = machine;
    const connection = await connectSsh({
      host,
      port,
      ...(await access.loginFor(machine)),
      compress,
      signal,
    });
    return new MachineConnection(connection);
  }

  get label(): string {
    return this.connection.label;
  }

  get bytesSent(): number {
    return this.connection.bytesSent;
  }

  get bytesReceived(): number {
    return this.connection.bytesReceived;
  }

  close(): void {
    this.connection.close();
  }
}

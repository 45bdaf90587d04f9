import type { Builder } from '../../lab/index.ts';
import { machineLine, type MachineOptions } from './builders.ts';

type Identity = Pick<Builder, 'key' | 'knownHosts'>;

/** A machine of a step's builders, reached at its own port or another. */
export interface Reached extends MachineOptions {
  readonly builder: Builder;
  /** Default: its sshd's own, without a link. */
  readonly port?: number;
}

/** The keys and host keys of several machines. */
export function credentialsOf(
  machines: readonly { readonly builder: Identity; readonly port?: number }[],
): Readonly<Record<string, string>> {
  return {
    'ssh-key': machines.map(({ builder }) => builder.key.privateKey).join('\n'),
    'known-hosts': machines.map(({ builder, port }) => builder.knownHosts(port)).join(''),
  };
}

/** Inputs of a step that builds on several machines and nowhere else. */
export function machinesInputs(machines: readonly Reached[]): Readonly<Record<string, string>> {
  const lines = machines.map(({ builder, port = builder.port, ...options }) =>
    machineLine({ port }, options),
  );
  return { store: '', 'max-jobs': '0', builders: lines.join('\n'), ...credentialsOf(machines) };
}

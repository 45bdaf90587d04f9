import { pinnedHostKey } from './known-hosts.ts';
import { formatEndpoint, type SshEndpoint } from './ssh-uri.ts';
import type { RemoteStoreUri } from './store-uri.ts';
import { parseSystem, type System } from './system.ts';

/** A machine that builds, whichever input names it: `store`, or `builders`. Holds no secret: `sshKey` is a path. */
export interface Machine extends SshEndpoint {
  /** Path of a private key on the runner. */
  readonly sshKey: string | undefined;
  /** Base64 of the one host key it is to show, a line `ssh-ed25519 AAAA…`; {@link pinnedHostKey} reads it. */
  readonly publicHostKey: string | undefined;
  readonly compress: boolean;
  /** Program and arguments that serve the protocol; empty: the default. */
  readonly remoteProgram: readonly string[];
  /** Store that the program is to serve; undefined: its default. */
  readonly remoteStore: string | undefined;
  /** What it builds for; empty: whatever it says itself. */
  readonly systems: readonly MachineSystem[];
  /** How many builds it is given at a time, at least 1. */
  readonly maxJobs: number;
  /** Greater than 0; twice as much is twice as fast. Only the ratio between machines counts. */
  readonly speedFactor: number;
  /** System features that derivations may require of it, besides the mandatory ones. */
  readonly supportedFeatures: readonly string[];
  /** System features that a derivation must require to be built there; they are supported too. */
  readonly mandatoryFeatures: readonly string[];
}

/** A system, or `builtin`: derivations without a builder of their own (`builtin:fetchurl`), as Hydra's machines files list it. */
export type MachineSystem = System | 'builtin';

/** As Nix has it where a machine does not say. */
export const DEFAULT_MAX_JOBS = 1;
export const DEFAULT_SPEED_FACTOR = 1;

/**
 * The machine of a `store` entry.
 * @throws ActionError `input-invalid` for a system that is none, `known-hosts-invalid` for a host key that is none
 */
export function machineOfStore(uri: RemoteStoreUri): Machine {
  const { user, host, port, sshKey, compress, remoteProgram, remoteStore } = uri;
  const key = uri.base64SshPublicHostKey;
  return {
    protocol: 'ssh-ng',
    user,
    host,
    port,
    sshKey,
    publicHostKey: key === undefined ? undefined : normalHostKey(key),
    compress,
    remoteProgram,
    remoteStore,
    systems: unique(uri.systems.map(parseMachineSystem)),
    maxJobs: DEFAULT_MAX_JOBS,
    speedFactor: DEFAULT_SPEED_FACTOR,
    supportedFeatures: unique(uri.systemFeatures),
    mandatoryFeatures: [],
  };
}

/**
 * A machine as a remote store.
 * @returns undefined for one that is not: of the old protocol, or only for builds that require features of its
 */
export function storeOfMachine(machine: Machine): RemoteStoreUri | undefined {
  const { protocol, publicHostKey, systems, supportedFeatures, mandatoryFeatures } = machine;
  if (protocol !== 'ssh-ng' || mandatoryFeatures.length > 0) return undefined;
  const { user, host, port, sshKey, compress, remoteProgram, remoteStore } = machine;
  return {
    ...{ user, host, port, sshKey, compress, remoteProgram, remoteStore },
    base64SshPublicHostKey: publicHostKey,
    systemFeatures: supportedFeatures,
    systems: systems.filter((system) => system !== 'builtin'),
  };
}

/** By which a person tells it from others: `ssh-ng://user@host:port`, without parameters. */
export function machineName(machine: Machine): string {
  return formatEndpoint(machine);
}

/**
 * @throws ActionError `input-invalid` for a text that is neither `cpu-kernel` nor `builtin`
 */
export function parseMachineSystem(text: string): MachineSystem {
  return text === 'builtin' ? text : parseSystem(text);
}

/**
 * A host key as every Nix reads it: base64 of its line, without the comment.
 * @param text that line, or base64 of it
 * @throws ActionError `known-hosts-invalid`
 */
export function normalHostKey(text: string): string {
  const [key] = pinnedHostKey(text).trusted;
  return Buffer.from(`${key?.type} ${key?.base64}`).toString('base64');
}

/** Whether two entries say the same; the order of systems and features has no meaning. */
export function sameMachine(one: Machine, other: Machine): boolean {
  return JSON.stringify(comparable(one)) === JSON.stringify(comparable(other));
}

function comparable(machine: Machine): readonly unknown[] {
  return [
    machineName(machine),
    machine.sshKey,
    machine.publicHostKey,
    machine.compress,
    machine.remoteProgram,
    machine.remoteStore,
    machine.systems.toSorted(),
    machine.maxJobs,
    machine.speedFactor,
    machine.supportedFeatures.toSorted(),
    machine.mandatoryFeatures.toSorted(),
  ];
}

/** In the order of the first of each. */
export function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}

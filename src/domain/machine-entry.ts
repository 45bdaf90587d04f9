import type { Complaints } from './complaints.ts';
import {
  DEFAULT_MAX_JOBS,
  DEFAULT_SPEED_FACTOR,
  type Machine,
  type MachineSystem,
  normalHostKey,
  parseMachineSystem,
  unique,
} from './machine.ts';
import {
  parseBoolean,
  parseSshUri,
  PROTOCOLS,
  shownUri,
  type SshEndpoint,
  type SshParameter,
  words,
} from './ssh-uri.ts';

/** What somebody wrote of one machine, in either format; undefined: the default is meant. */
export interface MachineEntry {
  /** With its scheme. */
  readonly uri: string;
  readonly systems: readonly string[] | undefined;
  readonly sshKey: string | undefined;
  readonly maxJobs: string | undefined;
  readonly speedFactor: string | undefined;
  readonly supportedFeatures: readonly string[] | undefined;
  readonly mandatoryFeatures: readonly string[] | undefined;
  readonly publicHostKey: string | undefined;
  /** For messages: where a field is, by line and name. */
  readonly where: (field: keyof Omit<MachineEntry, 'where'>) => string;
}

/** A machine, and where it is written. */
export interface LocatedMachine {
  readonly machine: Machine;
  readonly where: string;
}

/** The greatest that fits Nix's `unsigned int`. */
const MOST_JOBS = 0xffff_ffff;

// What boost's lexical_cast makes a float of, but for infinity and what is no number.
const DECIMAL = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Checks every field of an entry.
 * @param defaultSystems what an entry without systems builds for: in Nix, the system of whoever reads it
 * @returns undefined where it is not known which machine is meant; else what is complained about has its default
 */
export function readEntry(
  entry: MachineEntry,
  defaultSystems: readonly MachineSystem[],
  complaints: Complaints,
): Machine | undefined {
  const remote = readUri(entry, complaints);
  const rest = {
    systems: readSystems(entry, complaints) ?? defaultSystems,
    maxJobs: readMaxJobs(entry, complaints),
    speedFactor: readSpeedFactor(entry, complaints),
    supportedFeatures: readFeatures(entry, 'supportedFeatures', complaints),
    mandatoryFeatures: readFeatures(entry, 'mandatoryFeatures', complaints),
  };
  const sshKey = readKeyPath(entry, complaints) ?? remote?.sshKey;
  const publicHostKey = readHostKey(entry, complaints) ?? remote?.publicHostKey;
  return remote && { ...remote, ...rest, sshKey, publicHostKey };
}

type Remote = SshEndpoint &
  Pick<Machine, 'sshKey' | 'publicHostKey' | 'compress' | 'remoteProgram' | 'remoteStore'>;

/** As Nix does, a field wins over the parameter of the same meaning (machines.cc, `completeStoreReference`). */
function readUri(entry: MachineEntry, complaints: Complaints): Remote | undefined {
  const where = entry.where('uri');
  const scheme = /^([^/?#]*):\/\//.exec(entry.uri)?.[1];
  if (!PROTOCOLS.some((protocol) => protocol === scheme)) {
    complaints.add(
      `${where}: ${shownUri(entry.uri)} is no machine that builds for others`,
      'A machine is reached by ssh-ng:// or ssh://: ssh-ng://user@builder.example.org',
    );
    return undefined;
  }
  return complaints.attempt(() => {
    const { parameters, ...endpoint } = parseSshUri(entry.uri, where);
    refuseUnheard(parameters, where, complaints);
    const hostKey = parameters.get('base64-ssh-public-host-key');
    return {
      ...endpoint,
      sshKey: parameters.get('ssh-key'),
      publicHostKey:
        hostKey === undefined ? undefined : complaints.attempt(() => normalHostKey(hostKey), where),
      compress: parseBoolean('compress', parameters.get('compress'), where),
      remoteProgram: words(parameters.get('remote-program'), /\s+/),
      remoteStore: parameters.get('remote-store'),
    };
  });
}

/** These say something of a store; which machine gets a derivation Nix decides by the fields alone (build-remote.cc). */
function refuseUnheard(
  parameters: ReadonlyMap<SshParameter, string>,
  where: string,
  complaints: Complaints,
): void {
  const fields = { systems: 'systems', 'system-features': 'supportedFeatures' } as const;
  for (const [parameter, field] of Object.entries(fields)) {
    if (parameters.has(parameter as keyof typeof fields)) {
      complaints.add(
        `${where}: the parameter ${parameter} says nothing of a builder`,
        `Write it in the field ${field}.`,
      );
    }
  }
}

function readSystems(
  { systems, where }: MachineEntry,
  complaints: Complaints,
): readonly MachineSystem[] | undefined {
  const read = systems?.map((text) =>
    complaints.attempt(() => parseMachineSystem(text), where('systems')),
  );
  return read && unique(read.filter((system) => system !== undefined));
}

/** A key itself must not get where paths go: into messages, and files of Nix. */
function readKeyPath({ sshKey, where }: MachineEntry, complaints: Complaints): string | undefined {
  if (sshKey === undefined || !/[\n]|-----BEGIN/.test(sshKey)) return sshKey;
  complaints.add(
    `${where('sshKey')}: this is no path of a file`,
    'Give a key itself by the input ssh-key.',
  );
  return undefined;
}

/** Nix takes 0, and then waits without end for such a machine where a build fits no other (2.8.0 to 2.34.8). */
function readMaxJobs({ maxJobs, where }: MachineEntry, complaints: Complaints): number {
  if (maxJobs === undefined) return DEFAULT_MAX_JOBS;
  const value = /^\d+$/.test(maxJobs) ? Number(maxJobs) : 0;
  if (value > 0 && value <= MOST_JOBS) return value;
  complaints.add(
    `${where('maxJobs')}: ${JSON.stringify(maxJobs)} is no number of jobs`,
    `Allowed: a whole number, 1 to ${MOST_JOBS}. Leave out a machine that is to build nothing.`,
  );
  return DEFAULT_MAX_JOBS;
}

/** 0 is 1, as in Nix. */
function readSpeedFactor({ speedFactor, where }: MachineEntry, complaints: Complaints): number {
  if (speedFactor === undefined) return DEFAULT_SPEED_FACTOR;
  const value = DECIMAL.test(speedFactor) ? Number(speedFactor) : Infinity;
  // Nix reads a float of 32 bits.
  if (Number.isFinite(Math.fround(value))) return value === 0 ? DEFAULT_SPEED_FACTOR : value;
  complaints.add(
    `${where('speedFactor')}: ${JSON.stringify(speedFactor)} is no speed factor`,
    'Allowed: a positive number such as 1, 2 or 1.5.',
  );
  return DEFAULT_SPEED_FACTOR;
}

function readFeatures(
  entry: MachineEntry,
  field: 'supportedFeatures' | 'mandatoryFeatures',
  complaints: Complaints,
): readonly string[] {
  const features = entry[field] ?? [];
  for (const feature of features) {
    if (/^[^\s,;#]+$/.test(feature) && feature !== '-') continue;
    complaints.add(
      `${entry.where(field)}: ${JSON.stringify(feature)} is no system feature`,
      'A feature is one word, such as kvm or big-parallel, without , ; or #.',
    );
  }
  return unique(features);
}

function readHostKey(
  { publicHostKey, where }: MachineEntry,
  complaints: Complaints,
): string | undefined {
  if (publicHostKey === undefined) return undefined;
  return complaints.attempt(() => normalHostKey(publicHostKey), where('publicHostKey'));
}

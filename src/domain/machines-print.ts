import { ActionError } from './errors.ts';
import { type Machine, machineName } from './machine.ts';
import { DEFAULT_PORT } from './ssh-uri.ts';

/** Which Nix is to read it. */
export interface NixRelease {
  readonly vendor: 'nix' | 'lix' | 'determinate';
  readonly major: number;
  readonly minor: number;
}

/** A machine as Nix is to be told of it. */
export interface MachineLine {
  readonly machine: Machine;
  /** Instead of the machine's own: where our tunnel to it is. Without blanks, `;` and `#`. */
  readonly uri?: string | undefined;
}

/**
 * Writes Nix's machines format, one machine a line, all eight fields: what every Nix from 2.4 on and every Lix reads.
 * @throws ActionError `machines-invalid` for a machine that this Nix cannot be told of: a port below 2.31
 */
export function printMachines(machines: readonly MachineLine[], release: NixRelease): string {
  const speeds = printSpeedFactors(machines, release);
  return machines
    .map(({ machine, uri }, index) => {
      const fields = [
        uri ?? printMachineUri(machine, release),
        printList(machine.systems),
        isField(machine.sshKey) ? machine.sshKey : '-',
        String(machine.maxJobs),
        speeds[index] ?? '1',
        printList(machine.supportedFeatures),
        printList(machine.mandatoryFeatures),
        machine.publicHostKey ?? '-',
      ];
      return `${fields.join(' ')}\n`;
    })
    .join('');
}

/** The greatest of Nix's `unsigned int`. */
const MOST = 0xffff_ffff;

/** `-` is what Nix takes for a field that is not given. */
function printList(items: readonly string[]): string {
  return items.length === 0 ? '-' : items.join(',');
}

/** Nothing is decoded in a field, so that a path with a blank or `;` has to be a parameter of the URI. */
function isField(text: string | undefined): text is string {
  return text !== undefined && /^[^\s;#]+$/.test(text) && text !== '-';
}

/**
 * Below 2.20, and in Lix that split off there, a speed factor is a whole number. Only the ratios count: where one has a fraction, all are
 * written as multiples of the slowest.
 */
function printSpeedFactors(
  machines: readonly MachineLine[],
  release: NixRelease,
): readonly string[] {
  const factors = machines.map(({ machine }) => machine.speedFactor);
  const readsFractions = release.vendor !== 'lix' && isAtLeast(release, 20);
  if (readsFractions || factors.every((factor) => Number.isInteger(factor) && factor <= MOST)) {
    return factors.map(String);
  }
  const slowest = Math.min(...factors);
  return factors.map((factor) => String(Math.min(Math.round(factor / slowest), MOST)));
}

/** With every parameter that the fields have no room for. */
function printMachineUri(machine: Machine, release: NixRelease): string {
  const { compress, remoteProgram, remoteStore, sshKey } = machine;
  const parameters = [
    ['ssh-key', isField(sshKey) ? undefined : sshKey],
    ['compress', compress ? 'true' : undefined],
    ['remote-program', remoteProgram.length === 0 ? undefined : remoteProgram.join(' ')],
    ['remote-store', remoteStore],
    ['port', release.vendor === 'lix' ? printPort(machine) : undefined],
  ] as const;
  const query = parameters.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encode(value)}`],
  );
  const uri = `${machine.protocol}://${printAuthority(machine, release)}`;
  return query.length === 0 ? uri : `${uri}?${query.join('&')}`;
}

/** From 2.31 on Nix decodes it and knows ports (url.cc, `ParsedURL::Authority::parse`); before, and in Lix, `ssh` is given it as it is. */
function printAuthority(machine: Machine, release: NixRelease): string {
  const decodes = release.vendor !== 'lix' && isAtLeast(release, 31);
  const { user = '', host } = machine;
  const port = release.vendor === 'lix' ? undefined : printPort(machine);
  if (!decodes && port !== undefined) {
    throw cannotTell(machine, release, `the port ${port}`);
  }
  if (!decodes && !/^[\w.~!$&'()*+,=-]*$/.test(user)) {
    throw cannotTell(machine, release, `the user ${JSON.stringify(user)}`);
  }
  const address = host.includes(':') ? `[${decodes ? host.replace('%', '%25') : host}]` : host;
  const account = user === '' ? '' : `${decodes ? encodeURIComponent(user) : user}@`;
  return `${account}${address}${port === undefined ? '' : `:${port}`}`;
}

function printPort({ port }: Machine): string | undefined {
  return port === DEFAULT_PORT ? undefined : String(port);
}

/** `/`, `:` and `@` stay: Nix names lock files after the URI, and fails where it is too long (NixOS/nix#7565). */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(?:2F|3A|40)/g, decodeURIComponent);
}

function isAtLeast({ major, minor }: NixRelease, wanted: number): boolean {
  return major > 2 || (major === 2 && minor >= wanted);
}

function cannotTell(machine: Machine, { major, minor }: NixRelease, what: string): ActionError {
  return new ActionError(
    'machines-invalid',
    `${machineName(machine)}: Nix ${major}.${minor} cannot be told ${what} of a machine`,
    { hint: 'Use Nix 2.31 or newer, or name the machine in the ssh_config of who runs Nix.' },
  );
}

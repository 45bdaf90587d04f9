import { Complaints } from './complaints.ts';
import { toError } from './errors.ts';
import { type LocatedMachine, type MachineEntry, readEntry } from './machine-entry.ts';
import type { Machine, MachineSystem } from './machine.ts';
import { shownUri } from './ssh-uri.ts';
import { printable } from './text.ts';

/** What the format leaves to whoever reads it. */
export interface MachinesContext {
  /** What an entry without systems builds for: in Nix, the system of whoever reads it. */
  readonly defaultSystems: readonly MachineSystem[];
  /** The text of a file named with `@`; undefined if there is none. Other failures are thrown. */
  readonly readFile: (path: string) => string | undefined;
}

/** One machine's text, of those that `;` and newlines separate. */
interface Segment {
  readonly text: string;
  readonly where: string;
}

/** Nix's eight fields in their order, by the names that NixOS gives them. */
const FIELDS = [
  'uri',
  'systems',
  'sshKey',
  'maxJobs',
  'speedFactor',
  'supportedFeatures',
  'mandatoryFeatures',
  'publicHostKey',
] as const;

const SEPARATE = 'Separate machines with `;` or a newline.';

const MOST_INCLUDES = 10;

/**
 * Reads Nix's machines format (machines.cc of 2.34) into machines. As Nix has it: `#` begins a comment that ends with the line, `;` in it
 * or not (up to 2.28.0 a `;` ended it too, and what follows was a machine); a host without a scheme is `ssh://host`, which later Nix is
 * going to refuse (NixOS/nix#16185), so that what we write always has one. Stricter than Nix: what it passes over in silence (a ninth field,
 * an `@file` that is not there) or finds out when it connects is complained about.
 */
export function readMachineLines(
  text: string,
  context: MachinesContext,
  complaints: Complaints,
): readonly LocatedMachine[] {
  return expand(text, '', [], context, complaints).flatMap((segment) => {
    const machine = readSegment(segment, context, complaints);
    return machine === undefined ? [] : [{ machine, where: segment.where }];
  });
}

/** @param files the files we are in, outermost first */
function expand(
  text: string,
  prefix: string,
  files: readonly string[],
  context: MachinesContext,
  complaints: Complaints,
): readonly Segment[] {
  return text.split('\n').flatMap((line, index) => {
    const segments = line.replace(/#.*/s, '').split(';').map(trim);
    const filled = segments.filter((segment) => segment !== '');
    return filled.flatMap((segment, position) => {
      const machine = filled.length === 1 ? '' : `, machine ${position + 1}`;
      const where = `${prefix}line ${index + 1}${machine}`;
      if (!segment.startsWith('@')) return [{ text: segment, where }];
      return include(trim(segment.slice(1)), where, files, context, complaints);
    });
  });
}

function include(
  file: string,
  where: string,
  files: readonly string[],
  context: MachinesContext,
  complaints: Complaints,
): readonly Segment[] {
  const named = `${where}: the file ${JSON.stringify(file)}`;
  if (files.includes(file) || files.length === MOST_INCLUDES) {
    complaints.add(`${named} is included by itself, or ${MOST_INCLUDES} files deep`);
    return [];
  }
  const text = contentOf(file, named, context, complaints);
  return text === undefined ? [] : expand(text, `${file}, `, [...files, file], context, complaints);
}

function contentOf(
  file: string,
  named: string,
  { readFile }: MachinesContext,
  complaints: Complaints,
): string | undefined {
  try {
    const text = readFile(file);
    if (text === undefined) {
      complaints.add(
        `${named} does not exist`,
        'It must be on the runner. Without it there would be no machines, and Nix would not say so.',
      );
    }
    return text;
  } catch (error) {
    complaints.add(`${named} cannot be read: ${printable(toError(error).message)}`);
    return undefined;
  }
}

/** One machine; what only a blank separates from it is read too, so that all mistakes of the line are told at once. */
function readSegment(
  { text, where }: Segment,
  context: MachinesContext,
  complaints: Complaints,
): Machine | undefined {
  const tokens = text.split(/[ \t\r]+/);
  const second = findSecondMachine(tokens);
  const own = second === undefined ? tokens : tokens.slice(0, second);
  const machine = readFields(own, where, context, complaints);
  if (second === undefined) return machine;
  const rest = tokens.slice(second);
  const name = FIELDS[second];
  const place = name === undefined ? `${where}, field ${second + 1}` : whereIs(where, name);
  complaints.add(`${place}: ${shownUri(rest[0] ?? '')} is a second machine`, SEPARATE);
  readSegment({ text: rest.join(' '), where: `${where}, second machine` }, context, complaints);
  return machine;
}

function readFields(
  tokens: readonly string[],
  where: string,
  context: MachinesContext,
  complaints: Complaints,
): Machine | undefined {
  refuseFurtherFields(tokens, where, complaints);
  const field = (index: number): string | undefined =>
    tokens[index] === '-' ? undefined : tokens[index];
  const [uri, systems, sshKey, maxJobs, speedFactor, supported, mandatory, publicHostKey] =
    FIELDS.map((_, index) => field(index));
  if (uri === undefined) {
    complaints.add(
      `${whereIs(where, 'uri')}: the machine is missing`,
      'The first field is its URI: ssh-ng://user@builder.example.org',
    );
    return undefined;
  }
  const entry: MachineEntry = {
    uri: withScheme(uri),
    systems: commaSeparated(systems),
    sshKey,
    maxJobs,
    speedFactor,
    supportedFeatures: commaSeparated(supported),
    mandatoryFeatures: commaSeparated(mandatory),
    publicHostKey,
    where: (name) => whereIs(where, name),
  };
  return readEntry(entry, context.defaultSystems, complaints);
}

/** Machines that only a blank separates: Nix would take the second for systems or a key of the first, or pass over it. */
function findSecondMachine(tokens: readonly string[]): number | undefined {
  const isUri = (token: string, index: number): boolean =>
    token.includes('://') || (FIELDS[index] === 'systems' && token.includes('@'));
  const second = tokens.findIndex((token, index) => index > 0 && isUri(token, index));
  return second === -1 ? undefined : second;
}

function refuseFurtherFields(
  tokens: readonly string[],
  where: string,
  complaints: Complaints,
): void {
  if (tokens.length <= FIELDS.length) return;
  complaints.add(
    `${where}: ${tokens.length} fields, beginning with ${shownUri(tokens[0] ?? '')}; there are ${FIELDS.length}`,
    `${SEPARATE} A blank within a URI is written %20.`,
  );
}

function whereIs(where: string, field: (typeof FIELDS)[number]): string {
  const name = field === 'uri' ? 'store URI' : field;
  return `${where}, field ${FIELDS.indexOf(field) + 1} (${name})`;
}

/** Which names are stores of another kind and get no scheme: machines.cc, `Machine::Machine`. */
function withScheme(text: string): string {
  const isOther = text.includes('/') || /^(?:auto|daemon|local)(?:\?|$)|^\?/.test(text);
  return isOther ? text : `ssh://${text}`;
}

function commaSeparated(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').filter((item) => item !== '');
}

/** As Nix trims: its blanks are these and no others. */
function trim(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}

import { isAlias, isMap, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Complaints } from './complaints.ts';
import { type LocatedMachine, type MachineEntry, readEntry } from './machine-entry.ts';
import { type Fields, lineAt, lineOf, readFields, type Reading } from './machine-fields-yaml.ts';
import type { Machine, MachineSystem } from './machine.ts';
import { parsePort, PROTOCOLS, shownUri } from './ssh-uri.ts';
import { printable } from './text.ts';

/** What `nix.buildMachines` has where no protocol is given. */
const DEFAULT_PROTOCOL = 'ssh';

const AS_LIST =
  'Write one `- hostName: builder.example.org` for each machine, with its other fields below.';

/**
 * Reads a YAML list of machines with the names, meanings and defaults of NixOS `nix.buildMachines`; what `nix eval --json` prints of that
 * option is YAML too. A field that is null is not given. Lists may be written as one text, with commas or blanks between the items.
 */
export function readMachinesYaml(
  text: string,
  defaultSystems: readonly MachineSystem[],
  complaints: Complaints,
): readonly LocatedMachine[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const reading = { document, lines, complaints };
  // What follows from one mistake may be many.
  for (const error of document.errors.slice(0, 1)) {
    const what =
      error.code === 'MULTIPLE_DOCS' ? 'a second document begins' : printable(error.message);
    complaints.add(`line ${lineAt(reading, error.pos[0])}: ${what}`, AS_LIST);
  }
  if (document.errors.length > 0) return [];
  if (!isSeq(document.contents)) {
    complaints.add('line 1: this is YAML, but no list of machines', AS_LIST);
    return [];
  }
  return document.contents.items.flatMap((item) => {
    const node = isAlias(item) ? item.resolve(document) : item;
    const where = `line ${lineOf(reading, item)}`;
    if (!isMap(node)) {
      complaints.add(`${where}: a machine is written as fields`, AS_LIST);
      return [];
    }
    const machine = readMachine(readFields(node, where, reading), where, defaultSystems, reading);
    return machine === undefined ? [] : [{ machine, where }];
  });
}

function readMachine(
  fields: Fields,
  place: string,
  defaultSystems: readonly MachineSystem[],
  { complaints }: Reading,
): Machine | undefined {
  const { texts, lists, where } = fields;
  const uri = uriOf(fields, place, complaints);
  const system = texts.get('system');
  const entry: MachineEntry = {
    uri: uri ?? `${DEFAULT_PROTOCOL}://unknown`,
    // As in NixOS: `system` wins, and an empty list is none.
    systems: system === undefined ? orUndefined(lists.get('systems')) : [system],
    sshKey: orUndefined(texts.get('sshKey')),
    maxJobs: texts.get('maxJobs'),
    speedFactor: texts.get('speedFactor'),
    supportedFeatures: lists.get('supportedFeatures'),
    mandatoryFeatures: lists.get('mandatoryFeatures'),
    publicHostKey: orUndefined(texts.get('publicHostKey')),
    where: (field) => {
      if (field === 'uri') return where('hostName');
      return where(field === 'systems' && system !== undefined ? 'system' : field);
    },
  };
  const machine = readEntry(entry, defaultSystems, complaints);
  return uri === undefined ? undefined : machine;
}

function orUndefined<T extends { readonly length: number }>(value: T | undefined): T | undefined {
  return value?.length === 0 ? undefined : value;
}

/** Put together as NixOS does it, which is why a host name may carry parameters. */
function uriOf({ texts, where }: Fields, place: string, complaints: Complaints) {
  const protocol = texts.get('protocol') ?? DEFAULT_PROTOCOL;
  if (!PROTOCOLS.some((known) => known === protocol)) {
    complaints.add(
      `${where('protocol')}: ${JSON.stringify(protocol)} is no protocol that builds`,
      `Allowed: ${PROTOCOLS.join(', ')}.`,
    );
    return undefined;
  }
  const host = texts.get('hostName') ?? '';
  if (host === '') {
    complaints.add(`${place}: the machine has no hostName`, AS_LIST);
    return undefined;
  }
  if (host.includes('://')) {
    complaints.add(
      `${where('hostName')}: ${shownUri(host)} is a URI`,
      'Write its parts into protocol, sshUser, hostName and port.',
    );
    return undefined;
  }
  const port = texts.get('port');
  const checkedPort = port && complaints.attempt(() => parsePort(port, where('port')));
  const user = texts.get('sshUser');
  const withUser = `${protocol}://${user === undefined ? '' : `${user}@`}${host}`;
  if (checkedPort === undefined || checkedPort === '') return withUser;
  return `${withUser}${host.includes('?') ? '&' : '?'}port=${checkedPort}`;
}

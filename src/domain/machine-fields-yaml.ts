import {
  type Document,
  isAlias,
  isScalar,
  isSeq,
  type LineCounter,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Complaints } from './complaints.ts';
import { similarNames } from './suggestions.ts';
import { printable } from './text.ts';

/** Of NixOS `nix.buildMachines`, but for `port`, which is ours. */
const TEXTS = [
  'hostName',
  'sshUser',
  'sshKey',
  'protocol',
  'port',
  'system',
  'maxJobs',
  'speedFactor',
  'publicHostKey',
] as const;
const LISTS = ['systems', 'supportedFeatures', 'mandatoryFeatures'] as const;
const FIELDS = [...TEXTS, ...LISTS];

type TextField = (typeof TEXTS)[number];
type ListField = (typeof LISTS)[number];
type Field = TextField | ListField;

/** A list being read. */
export interface Reading {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly complaints: Complaints;
}

/** The fields of one machine: their texts or items, and where each is. */
export interface Fields {
  readonly texts: ReadonlyMap<TextField, string>;
  readonly lists: ReadonlyMap<ListField, readonly string[]>;
  readonly where: (field: Field) => string;
}

/** @param place where the machine is, for a field that it lacks */
export function readFields(map: YAMLMap, place: string, reading: Reading): Fields {
  const texts = new Map<TextField, string>();
  const lists = new Map<ListField, readonly string[]>();
  const places = new Map<string, string>();
  for (const pair of map.items) {
    const name = isScalar(pair.key) ? String(pair.key.value) : '';
    const line = `line ${lineOf(reading, pair.key)}`;
    places.set(name, line);
    const textField = TEXTS.find((field) => field === name);
    const listField = LISTS.find((field) => field === name);
    if (textField) setIfGiven(texts, textField, readText(pair, `${line}, ${name}`, reading));
    else if (listField) setIfGiven(lists, listField, readList(pair, `${line}, ${name}`, reading));
    else refuseField(name, line, reading);
  }
  return { texts, lists, where: (field) => `${places.get(field) ?? place}, ${field}` };
}

function setIfGiven<Key, Value>(map: Map<Key, Value>, key: Key, value: Value | undefined): void {
  if (value !== undefined) map.set(key, value);
}

function refuseField(name: string, where: string, { complaints }: Reading): void {
  const similar = similarNames(name, FIELDS);
  const meant = similar.length === 0 ? '' : `Is ${similar.join(' or ')} meant? `;
  complaints.add(
    `${where}: there is no field ${JSON.stringify(printable(name, 100))}`,
    `${meant}Fields are ${FIELDS.join(', ')}.`,
  );
}

function readText({ value }: Pair, where: string, reading: Reading): string | undefined {
  const read = scalarText(value, reading);
  if (read !== 'other') return read?.text;
  reading.complaints.add(`${where}: one text or number is expected`, 'Write it on the same line.');
  return undefined;
}

function readList({ value }: Pair, where: string, reading: Reading): readonly string[] | undefined {
  const node = isAlias(value) ? value.resolve(reading.document) : value;
  const items = isSeq(node) ? node.items : [node];
  const read = items.map((item) => scalarText(item, reading));
  if (read.includes('other')) {
    reading.complaints.add(`${where}: a list of texts is expected`, 'Write `[kvm, big-parallel]`.');
    return undefined;
  }
  const texts = read.filter((item) => item !== 'other').flatMap((item) => item?.text ?? []);
  if (isSeq(node)) return texts;
  return texts.length === 0
    ? undefined
    : texts.flatMap((text) => text.split(/[\s,]+/).filter((part) => part !== ''));
}

/** A number as it is written; undefined for null. */
function scalarText(item: unknown, { document }: Reading): { text: string } | undefined | 'other' {
  const node = isAlias(item) ? item.resolve(document) : item;
  if (node === null) return undefined;
  if (!isScalar(node)) return 'other';
  if (node.value === null) return undefined;
  if (typeof node.value === 'string') return { text: node.value };
  return typeof node.value === 'number' ? { text: node.source ?? String(node.value) } : 'other';
}

/** The line where a node of the document begins, from 1 on. */
export function lineOf(reading: Reading, node: unknown): number {
  const range: unknown = typeof node === 'object' && node && 'range' in node && node.range;
  const start: unknown = Array.isArray(range) ? range[0] : undefined;
  return lineAt(reading, typeof start === 'number' ? start : 0);
}

export function lineAt({ lines }: Reading, offset: number): number {
  return lines.linePos(offset).line;
}

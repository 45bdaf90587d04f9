import type { AttrPath } from '../domain/attr-path.ts';
import { ActionError } from '../domain/errors.ts';
import type { Position } from '../domain/position.ts';

/** Where the walk is: an item, and the attribute below what was found for it (`null`: still looking it up). */
export interface WalkPlace {
  readonly id: number;
  readonly path: AttrPath | null;
}

/** Why a candidate of an item does not exist. */
export interface WalkMiss {
  readonly missing: string;
  /** The names beside it, if only the last name is wrong. */
  readonly names: readonly string[];
  /** Type of what should have been a set. */
  readonly kind: string;
}

/** A derivation as the walk reports it. */
export interface WalkDerivation {
  readonly drvPath: string;
  readonly name: string | undefined;
  readonly system: string | undefined;
  /** Output paths; of floating content-addressed derivations placeholders. */
  readonly outputs: ReadonlyMap<string, string | undefined>;
  readonly specifiedOutput: string | undefined;
  readonly outputsToInstall: readonly string[];
  readonly requiredSystemFeatures: readonly string[];
  /** `meta.position`: `file:line`. */
  readonly position: string | undefined;
}

/** One line of the walk's report. */
export type WalkEvent =
  | { readonly event: 'begin'; readonly place: WalkPlace; readonly position: Position | undefined }
  | { readonly event: 'explain'; readonly place: WalkPlace }
  | { readonly event: 'caught'; readonly place: WalkPlace }
  | { readonly event: 'found'; readonly id: number; readonly attrPath: AttrPath }
  | { readonly event: 'missing'; readonly id: number; readonly misses: readonly WalkMiss[] }
  | {
      readonly event: 'derivation';
      readonly place: WalkPlace;
      readonly derivation: WalkDerivation;
    }
  | { readonly event: 'set'; readonly place: WalkPlace }
  | { readonly event: 'other'; readonly place: WalkPlace; readonly type: string }
  /** A set is entered, and these are what is evaluated in it, in this order. */
  | { readonly event: 'names'; readonly place: WalkPlace; readonly names: readonly string[] }
  /** Attributes for systems that were not asked for. */
  | { readonly event: 'passed-over'; readonly systems: readonly string[] }
  | { readonly event: 'end' | 'impure' };

/**
 * Reads one event from its JSON text.
 * @throws ActionError `internal` if the program did not write it so.
 */
export function parseWalkEvent(json: string): WalkEvent {
  const event = new Fields(parseJson(json));
  const kind = event.string('event');
  switch (kind) {
    case 'begin':
      return { event: kind, place: placeOf(event), position: positionOf(event) };
    case 'explain':
    case 'caught':
      return { event: kind, place: placeOf(event) };
    case 'found':
      return { event: kind, id: event.number('id'), attrPath: event.strings('attrPath') };
    case 'missing':
      return { event: kind, id: event.number('id'), misses: event.list('misses').map(missOf) };
    case 'done':
      return describedOf(event);
    case 'names':
      return { event: kind, place: placeOf(event), names: event.strings('names') };
    case 'passed-over':
      return { event: kind, systems: event.strings('systems') };
    case 'end':
    case 'impure':
      return { event: kind };
    default:
      throw new ActionError('internal', `unknown event of the evaluation: ${json.slice(0, 200)}`);
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new ActionError('internal', `broken event of the evaluation: ${json.slice(0, 200)}`, {
      cause,
    });
  }
}

function placeOf(event: Fields): WalkPlace {
  return { id: event.number('id'), path: event.optional('path') ? event.strings('path') : null };
}

function positionOf(event: Fields): Position | undefined {
  if (!event.optional('position')) return undefined;
  const position = new Fields(event.get('position'));
  return {
    file: position.string('file'),
    line: position.number('line'),
    column: position.number('column'),
  };
}

function missOf(value: unknown): WalkMiss {
  const miss = new Fields(value);
  return {
    missing: miss.string('missing'),
    names: miss.strings('names'),
    kind: miss.string('kind'),
  };
}

function describedOf(event: Fields): WalkEvent {
  const place = placeOf(event);
  const kind = event.string('kind');
  if (kind === 'derivation') {
    return { event: kind, place, derivation: derivationOf(event) };
  }
  return kind === 'set'
    ? { event: 'set', place }
    : { event: 'other', place, type: event.string('type') };
}

function derivationOf(event: Fields): WalkDerivation {
  const outputs = new Fields(event.get('outputs'));
  return {
    drvPath: event.string('drvPath'),
    name: event.optionalString('name'),
    system: event.optionalString('system'),
    outputs: new Map(outputs.names().map((name) => [name, outputs.optionalString(name)])),
    specifiedOutput: event.optionalString('specifiedOutput'),
    outputsToInstall: event.optional('outputsToInstall') ? event.strings('outputsToInstall') : [],
    requiredSystemFeatures: event.optional('requiredSystemFeatures')
      ? event.strings('requiredSystemFeatures')
      : [],
    position: event.optionalString('position'),
  };
}

/** A JSON object whose fields are checked as they are read. */
class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null) {
      throw new ActionError('internal', 'an event of the evaluation is no object');
    }
    this.#fields = { ...value };
  }

  names(): readonly string[] {
    return Object.keys(this.#fields);
  }

  get(name: string): unknown {
    return this.#fields[name];
  }

  optional(name: string): boolean {
    return this.#fields[name] !== null && this.#fields[name] !== undefined;
  }

  string(name: string): string {
    const value = this.#fields[name];
    return typeof value === 'string' ? value : wrongField(name);
  }

  optionalString(name: string): string | undefined {
    return this.optional(name) ? this.string(name) : undefined;
  }

  number(name: string): number {
    const value = this.#fields[name];
    return typeof value === 'number' ? value : wrongField(name);
  }

  list(name: string): readonly unknown[] {
    const value = this.#fields[name];
    return Array.isArray(value) ? value : wrongField(name);
  }

  strings(name: string): readonly string[] {
    return this.list(name).map((value) => (typeof value === 'string' ? value : wrongField(name)));
  }
}

function wrongField(name: string): never {
  throw new ActionError('internal', `the field ${name} of an evaluation event is not as expected`);
}

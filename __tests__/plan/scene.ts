import { parseDrvPath, parseStorePath, type StorePath } from '../../src/domain/store-path.ts';
import { parseSystem } from '../../src/domain/system.ts';
import type {
  Evidence,
  LocalEvidence,
  PathFacts,
  RemoteEvidence,
  RemoteId,
  Step,
  StoreContents,
} from '../../src/plan/evidence.ts';
import { NO_HISTORY, type History } from '../../src/plan/history.ts';
import { bytes, milliseconds, type BytesPerSecond } from '../../src/plan/units.ts';

/** What no scene says otherwise: 100 Mbit/s. */
export const RATE = 12.5e6 as BytesPerSecond;

export const LINUX = parseSystem('x86_64-linux');
export const ARM = parseSystem('aarch64-linux');

/** Where something is valid: `local`, or a remote by its name. */
type Where = readonly string[];

/** A source or a derivation with one output, by its name in the scene. */
export interface Thing {
  /** Bytes of the output, or of the source. */
  readonly size?: number;
  /** Default: nowhere; a source: `local`. */
  readonly at?: Where;
  /** Other things it is made of; it refers to all of them. */
  readonly needs?: readonly string[];
  /** Names of keys. */
  readonly signed?: readonly string[];
  readonly system?: string;
  readonly features?: readonly string[];
}

export interface Scene {
  readonly sources?: Readonly<Record<string, Thing>>;
  readonly derivations?: Readonly<Record<string, Thing>>;
  /** Default: the last derivation. */
  readonly wanted?: readonly string[];
  /** Whether they are wanted back; default: no. */
  readonly back?: boolean;
  /** Default: one, `remote`, of which everything is known. */
  readonly remotes?: Readonly<Record<string, Partial<RemoteEvidence>>>;
  readonly local?: Partial<LocalEvidence>;
  readonly history?: History;
}

export function remoteId(name: string): RemoteId {
  return `ssh-ng://${name}` as RemoteId;
}

export function pathOf(name: string): StorePath {
  return parseStorePath(`/nix/store/${hashOf(name)}-${name}`);
}

export function drvOf(name: string) {
  return parseDrvPath(`/nix/store/${hashOf(name)}-${name}.drv`);
}

function hashOf(name: string): string {
  const alphabet = '0123456789abcdfghijklmnpqrsvwxyz';
  const text = name.replace(/./g, (letter) => alphabet[letter.charCodeAt(0) % 32] ?? '0');
  return text.slice(0, 32).padEnd(32, '0');
}

/** Evidence of what a scene describes. */
export function evidenceOf(scene: Scene): Evidence {
  const { sources = {}, derivations = {}, remotes = { remote: {} } } = scene;
  const all = new Map([
    ...Object.entries(sources).map(([name, thing]) => [name, { at: ['local'], ...thing }] as const),
    ...Object.entries(derivations),
  ]);
  const isSource = (name: string): boolean => name in sources;
  const contentsAt = (where: string): StoreContents => {
    const there = [...all].filter(([, { at = [] }]) => at.includes(where));
    return {
      valid: new Set(there.map(([name]) => pathOf(name))),
      facts: new Map(there.map(([name, thing]) => [pathOf(name), factsOf(thing, isSource(name))])),
    };
  };
  const wanted = scene.wanted ?? Object.keys(derivations).slice(-1);
  return {
    remotes: Object.entries(remotes).map(([name, more]) => ({
      ...remoteNamed(name),
      contents: contentsAt(name),
      ...more,
    })),
    local: { ...LOCAL, contents: contentsAt('local'), ...scene.local },
    work: {
      wanted: wanted.map((name) => ({
        key: drvOf(name),
        outputs: new Map([['out', pathOf(name)]]),
        back: scene.back ?? false,
      })),
      derivations: new Map(
        Object.entries(derivations).map(([name, thing]) => [
          drvOf(name),
          stepOf(name, thing, isSource),
        ]),
      ),
    },
    history: scene.history ?? NO_HISTORY,
  };
}

function factsOf({ size = 1000, needs = [], signed = [] }: Thing, isSource: boolean): PathFacts {
  const facts = { size: bytes(size), references: needs.map(pathOf) };
  return { ...facts, keyNames: signed, provesItself: isSource };
}

function stepOf(name: string, thing: Thing, isSource: (name: string) => boolean): Step {
  const { needs = [], system = LINUX, features = [] } = thing;
  return {
    outputs: new Map([['out', pathOf(name)]]),
    inputDrvs: new Map(
      needs.filter((each) => !isSource(each)).map((each) => [drvOf(each), ['out']]),
    ),
    inputSrcs: needs.filter(isSource).map(pathOf),
    system,
    builder: '/bin/sh',
    args: [],
    env: new Map([['requiredSystemFeatures', features.join(' ')]]),
    size: bytes(1000),
  };
}

function remoteNamed(name: string): RemoteEvidence {
  return {
    id: remoteId(name),
    protocol: 'worker',
    systems: new Set([LINUX]),
    features: new Set<string>(),
    mandatoryFeatures: new Set(),
    others: 'none',
    slots: 4,
    speedFactor: 1,
    link: { roundTripMs: milliseconds(40), up: RATE, down: RATE },
    trust: 'trusted',
    tellsTrust: true,
    substitution: { keyNames: new Set() },
    outputsAccepted: true,
    contents: 'unknown',
  };
}

const LOCAL: LocalEvidence = {
  system: LINUX,
  builders: { kind: 'possible' },
  buildsUntrusted: true,
  cpus: 2,
  features: undefined,
  slots: 2,
  freeBytes: bytes(20e9),
  substitution: { keyNames: new Set() },
  contents: 'unknown',
};

/** So many things, each with a name of its own. */
export function many(count: number, prefix: string, thing: Thing): Readonly<Record<string, Thing>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${prefix}${index}`, thing]),
  );
}

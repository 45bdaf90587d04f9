import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Destination } from '../build/step-request.ts';
import type { parseBuilders } from '../domain/builders.ts';
import {
  machineName,
  machineOfStore,
  sameMachine,
  storeOfMachine,
  type Machine,
} from '../domain/machine.ts';
import {
  formatStoreUri,
  parseStoreUri,
  storeLines,
  type RemoteStoreUri,
} from '../domain/store-uri.ts';
import type { System } from '../domain/system.ts';
import type { InputReader } from './input-reader.ts';

/** What inputs are read against. */
export interface InputPlace {
  /** The folder that relative paths are in. */
  readonly workspace: string;
  /** What a machine without systems builds for. */
  readonly runnerSystem: System;
  /** Credentials of clouds, by variable: for who writes binary caches there. */
  readonly cloud: Readonly<Record<string, string>>;
  /** What reads `builders`, which brings a reader of YAML along; undefined where that input is empty. */
  readonly parseBuilders: typeof parseBuilders | undefined;
  /** The host of the GitHub that runs the workflow. */
  readonly githubHost: string;
}

const MODES = ['auto', 'remote-store', 'builders', 'local'] as const;

const EXAMPLE = 'ssh-ng://ci@builder.example.org';

/** Where to build, of the inputs `store`, `builders` and `mode`. Undefined, or a placeholder, beside a complaint. */
export function readDestination(reader: InputReader, place: InputPlace): Destination | undefined {
  const lines = storeLines(reader.text('store'));
  const stores = lines
    .map(({ uri, where }) => reader.parse('store', () => parseStoreUri(uri, where)))
    .filter((uri) => uri !== undefined);
  const builders = readBuilders(reader, place);
  const mode = chooseMode(reader, lines.length > 0);
  if (mode === 'local') return { mode, reason: 'the input mode says so' };
  const machines = allMachines(reader, builders, stores);
  if (mode === 'builders') return { mode, machines };
  if (lines.length === 0) {
    reader.complain('store', 'is empty', `Give at least one, for example ${EXAMPLE}.`);
  }
  const labels = stores.map(formatStoreUri);
  const twice = labels.find((label, index) => labels.indexOf(label) < index);
  if (twice !== undefined)
    reader.complain('store', `names ${twice} twice`, 'Name each store once.');
  if (stores.length === 0) return undefined;
  if (mode === 'remote-store') return { mode, stores };
  const names = new Set(stores.map((uri) => machineName(machineOfStore(uri))));
  const others = builders.filter((machine) => !names.has(machineName(machine)));
  return {
    mode,
    stores: [...stores, ...others.flatMap((each) => storeOfMachine(each) ?? [])],
    machines,
  };
}

function readBuilders(
  reader: InputReader,
  { workspace, runnerSystem, parseBuilders }: InputPlace,
): readonly Machine[] {
  const text = reader.text('builders');
  if (text === '' || !parseBuilders) return [];
  const context = {
    defaultSystems: [runnerSystem],
    readFile: (name: string) => readIfThere(path.resolve(workspace, name)),
  };
  return reader.parse('builders', () => parseBuilders(text, context)) ?? [];
}

/** `auto` with builders alone is on them: what is built is then here, as whoever names builders expects. */
function chooseMode(reader: InputReader, hasStore: boolean): Destination['mode'] {
  const mode = reader.choice('mode', MODES);
  const hasBuilders = reader.text('builders') !== '';
  if (mode === 'builders' && !hasStore && !hasBuilders) {
    reader.complain('builders', 'is empty', `Name at least one machine, for example ${EXAMPLE}.`);
  }
  return mode === 'auto' && hasBuilders && !hasStore ? 'builders' : mode;
}

/** Those of both inputs; what is said of one machine in both has to be the same. */
function allMachines(
  reader: InputReader,
  builders: readonly Machine[],
  stores: readonly RemoteStoreUri[],
): readonly Machine[] {
  const machines = new Map(builders.map((machine) => [machineName(machine), machine]));
  for (const uri of stores) {
    const machine = reader.parse('store', () => machineOfStore(uri));
    if (!machine) continue;
    const known = machines.get(machineName(machine));
    if (known && !sameMachine(known, machine)) {
      const what = `${machineName(machine)} has other settings than in builders`;
      reader.complain('store', what, 'Name each machine once.');
    }
    machines.set(machineName(machine), known ?? machine);
  }
  return [...machines.values()];
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

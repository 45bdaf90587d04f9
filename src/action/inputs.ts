import path from 'node:path';
import picomatch from 'picomatch';
import { parseArgsStringToArgv } from 'string-argv';
import type { BuildOptions } from '../build/daemon-options.ts';
import type { CopySelection } from '../build/copy-selection.ts';
import type { Destination, RemoteDestination, StepRequest } from '../build/step-request.ts';
import { parseInstallable } from '../domain/installable.ts';
import { machineName, storeOfMachine } from '../domain/machine.ts';
import { parseSystem } from '../domain/system.ts';
import type { NixWanted } from '../nix/install/plan.ts';
import type { EvaluationSource } from '../nix/walk-root.ts';
import { FALLBACKS, type Fallback } from '../plan/fallback.ts';
import { readDestination, type InputPlace } from './destination.ts';
import { readGivenConf } from './given-conf.ts';
import { readHostChecks, type HostChecks } from './host-keys.ts';
import { InputReader, type ReadInput } from './input-reader.ts';
import { readPush } from './push.ts';
import { readRetain } from './retain.ts';
import { destinationToRebuild, keepFailedSetting } from './rebuild.ts';
import { readNixWanted } from './nix-wanted.ts';

/** All inputs of the step but those that it logs in with, checked. */
export type Inputs = BuildInputs | SetUpInputs;

interface CommonInputs {
  readonly nixWanted: NixWanted;
  readonly hostChecks: HostChecks;
  readonly fallback: Fallback;
  readonly writeSummary: boolean;
  /** Whether the remotes are to be examined, whatever else is asked. */
  readonly preflight: boolean;
  /** Whether something may be kept from one run to the next. */
  readonly mayKeep: boolean;
}

/** Something is to be built by this step. */
export interface BuildInputs extends CommonInputs {
  readonly task: 'build';
  readonly request: StepRequest;
}

/** Nothing is named: later steps are to build remotely, through the offload socket. */
export interface SetUpInputs extends CommonInputs {
  readonly task: 'set-up';
  readonly request: SetUpRequest;
}

/** What an offload socket is set up with. */
export interface SetUpRequest extends Pick<StepRequest, 'copyInputs' | 'options' | 'nixConf'> {
  readonly destination: RemoteDestination;
}

/** What only evaluating here, and the outputs of what was evaluated, could make something of: with its default. */
const OF_INSTALLABLES: ReadonlyMap<string, string> = new Map([
  ['eval-args', ''],
  ['system', ''],
  ['working-directory', '.'],
  ['copy-outputs', 'false'],
  ['out-link', 'result'],
  ['rebuild', 'false'],
  ['push-to', ''],
  ['retain', ''],
  ['signing-key', ''],
]);

/**
 * Reads every input.
 * @throws ActionError naming every input that is wrong, and what is allowed there.
 */
export function readInputs(read: ReadInput, place: InputPlace): Inputs {
  const reader = new InputReader(read);
  const source = readSource(reader);
  const isSetUp = reader.lines('installables').length === 0 && source.kind === 'flake';
  const rebuild = reader.boolean('rebuild') ?? false;
  const named = readDestination(reader, place);
  const destination = destinationToRebuild(reader, named, rebuild);
  const common = {
    nixWanted: readNixWanted(reader, place.runnerSystem),
    hostChecks: readHostChecks(reader, destination),
    copyInputs: reader.choice('copy-inputs', ['auto', 'never']),
    options: readOptions(reader, rebuild),
    nixConf: readGivenConf(reader, place),
    writeSummary: reader.boolean('summary') ?? true,
    preflight: reader.boolean('preflight') ?? false,
    mayKeep: reader.boolean('cache') ?? true,
    fallback: reader.choice('fallback', FALLBACKS),
  };
  if (isSetUp) {
    refuseWithoutInstallables(reader);
    const remote = forLaterSteps(reader, destination);
    return { task: 'set-up', ...complete(reader, remote, common, {}) };
  }
  const wanted = readWanted(reader, source, place.workspace);
  return {
    task: 'build',
    ...complete(reader, destination, common, {
      ...wanted,
      rebuild,
      push: readPush(reader, place),
      retain: readRetain(reader),
    }),
  };
}

/** What is to be built is not known then: on `auto`, remotes that can be stores are, so that no input passes the runner. */
function forLaterSteps(
  reader: InputReader,
  destination: Destination | undefined,
): RemoteDestination | undefined {
  if (destination?.mode === 'local') return undefined;
  if (destination?.mode !== 'auto') return destination;
  const { machines, stores } = destination;
  const old = machines.find((machine) => !storeOfMachine(machine));
  if (old) {
    const what = `is 'auto', and ${machineName(old)} can be a builder only, the others stores as well`;
    const hint =
      'Set mode: remote-store for later steps to build in the stores, or mode: builders to build on all of them.';
    reader.complain('mode', what, hint);
  }
  return { mode: 'remote-store', stores };
}

/** Whoever gives one of these meant to build something here: an expression that came out empty must not pass as a build. */
function refuseWithoutInstallables(reader: InputReader): void {
  for (const [name, byDefault] of OF_INSTALLABLES) {
    const text = reader.text(name);
    if (text === '' || text === byDefault) continue;
    const hint =
      'With `installables` empty, this step only sets up remote builds for later steps: name what to build, or leave this input out.';
    reader.complain(name, 'means nothing without installables', hint);
  }
  if (reader.text('mode') === 'local') {
    const hint =
      'Nix in later steps builds locally by itself: leave this step out, or name what to build.';
    reader.complain('mode', "'local' sets up nothing, and there are no installables", hint);
  }
}

type Wanted = Omit<StepRequest, keyof SetUpRequest | 'rebuild' | 'push' | 'retain'>;

/** What is to be built, from where, and what becomes of it here. */
function readWanted(reader: InputReader, source: EvaluationSource, workspace: string): Wanted {
  const lines = reader.lines('installables');
  const installables = (lines.length === 0 ? ['.'] : lines).map((text) =>
    reader.parse('installables', () =>
      parseInstallable(text, source.kind === 'flake' ? 'flake' : 'attributes'),
    ),
  );
  const system = reader.text('system');
  return {
    source,
    installables: installables.filter((installable) => installable !== undefined),
    evalArgs: reader.lines('eval-args').flatMap((line) => parseArgsStringToArgv(line)),
    system: system === '' ? undefined : reader.parse('system', () => parseSystem(system)),
    workingDirectory: path.resolve(workspace, reader.text('working-directory')),
    copy: readCopySelection(reader),
    outLink: reader.text('out-link'),
  };
}

/** What both tasks have, but for where to build. */
type Common = Omit<SetUpRequest, 'destination'> & CommonInputs;

/** What a task is done with, `Rest` being what only that task has. */
type Complete<Where extends Destination, Rest> = CommonInputs & {
  readonly request: Omit<SetUpRequest, 'destination'> & { readonly destination: Where } & Rest;
};

/**
 * After {@link InputReader.finish} there is a destination; this tells the compiler.
 * @throws ActionError of {@link InputReader.finish}
 */
function complete<Where extends Destination, Rest>(
  reader: InputReader,
  destination: Where | undefined,
  { nixWanted, hostChecks, fallback, writeSummary, preflight, mayKeep, ...request }: Common,
  rest: Rest,
): Complete<Where, Rest> {
  reader.finish();
  if (!destination) throw new TypeError('an input was accepted without a value');
  return {
    request: { destination, ...request, ...rest },
    ...{ nixWanted, hostChecks, fallback, writeSummary, preflight, mayKeep },
  };
}

function readSource(reader: InputReader): EvaluationSource {
  const file = reader.text('file');
  const expr = reader.text('expr');
  if (file !== '' && expr !== '') {
    reader.complain('expr', 'is given together with file', 'Give one of file and expr.');
  }
  if (file !== '') return { kind: 'file', file };
  if (expr !== '') return { kind: 'expr', expr };
  return { kind: 'flake' };
}

function readCopySelection(reader: InputReader): CopySelection {
  const lines = reader.lines('copy-outputs');
  const [only] = lines;
  if (only === undefined) return { kind: 'none' };
  if (lines.length === 1 && /^(true|false|yes|no|on|off|[01])$/i.test(only)) {
    return { kind: reader.boolean('copy-outputs') === true ? 'all' : 'none' };
  }
  const globs = lines.map((text) => ({ text, matches: picomatch(text, { dot: true }) }));
  return { kind: 'matching', globs };
}

function readOptions(reader: InputReader, rebuild: boolean): BuildOptions {
  return {
    keepGoing: reader.boolean('keep-going'),
    maxJobs: reader.count('max-jobs', 'jobs'),
    cores: reader.count('cores', 'cores'),
    timeout: reader.count('timeout', 'seconds'),
    maxSilentTime: reader.count('max-silent-time', 'seconds'),
    settings: new Map([...reader.settings('build-options'), ...keepFailedSetting(reader, rebuild)]),
  };
}

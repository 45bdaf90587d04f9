import path from 'node:path';
import picomatch from 'picomatch';
import { parseArgsStringToArgv } from 'string-argv';
import type { BuildOptions } from '../build/daemon-options.ts';
import type { CopySelection } from '../build/copy-selection.ts';
import type { StepRequest } from '../build/step-request.ts';
import { parseInstallable } from '../domain/installable.ts';
import {
  lookupHostKeys,
  parseKnownHosts,
  pinnedHostKey,
  type HostKeys,
} from '../domain/known-hosts.ts';
import { parseStoreUri, type RemoteStoreUri } from '../domain/store-uri.ts';
import { parseSystem } from '../domain/system.ts';
import type { EvaluationSource } from '../nix/walk-root.ts';
import { InputReader, type ReadInput } from './input-reader.ts';

/** All inputs of the step but the secrets, checked. */
export type Inputs = BuildInputs | SetUpInputs;

interface CommonInputs {
  /** Which host keys are the remote's. */
  readonly hostKeys: HostKeys;
  readonly writeSummary: boolean;
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
export type SetUpRequest = Pick<StepRequest, 'store' | 'copyInputs' | 'options'>;

/** What only evaluating here, and the outputs of what was evaluated, could make something of: with its default. */
const OF_INSTALLABLES: ReadonlyMap<string, string> = new Map([
  ['eval-args', ''],
  ['system', ''],
  ['working-directory', '.'],
  ['copy-outputs', 'false'],
  ['out-link', 'result'],
]);

/**
 * Reads every input.
 * @param workspace the folder that a relative `working-directory` is in.
 * @throws ActionError naming every input that is wrong, and what is allowed there.
 */
export function readInputs(read: ReadInput, workspace: string): Inputs {
  const reader = new InputReader(read);
  const source = readSource(reader);
  const isSetUp = reader.lines('installables').length === 0 && source.kind === 'flake';
  const store = readStore(reader);
  const common = {
    store,
    hostKeys: readHostKeys(reader, store),
    copyInputs: reader.choice('copy-inputs', ['auto', 'never']),
    options: readOptions(reader),
    writeSummary: reader.boolean('summary') ?? true,
  };
  if (isSetUp) {
    refuseWithoutInstallables(reader);
    return { task: 'set-up', ...complete(reader, common, {}) };
  }
  const wanted = readWanted(reader, source, workspace);
  return { task: 'build', ...complete(reader, common, wanted) };
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
}

type Wanted = Omit<StepRequest, keyof SetUpRequest>;

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

function readStore(reader: InputReader): RemoteStoreUri | undefined {
  const stores = reader
    .lines('store')
    .map((line) => reader.parse('store', () => parseStoreUri(line)));
  if (stores.length !== 1) {
    reader.complain(
      'store',
      stores.length === 0 ? 'is empty' : `names ${stores.length} stores`,
      'Give exactly one, for example ssh-ng://ci@builder.example.org.',
    );
  }
  return stores[0];
}

/** Host keys from the store's URI, else from known-hosts. What is revoked there is revoked in either case. */
function readHostKeys(reader: InputReader, uri: RemoteStoreUri | undefined): HostKeys | undefined {
  const lines = reader.parse('known-hosts', () => parseKnownHosts(reader.text('known-hosts')));
  if (!uri || !lines) return undefined;
  const known = lookupHostKeys(lines, uri.host, uri.port);
  const pinned = uri.base64SshPublicHostKey;
  if (pinned === undefined) return known;
  const keys = reader.parse('store', () => pinnedHostKey(pinned));
  return keys && { ...keys, revoked: known.revoked };
}

/** What both tasks have, before it is known whether it is all there. */
type Common = Omit<SetUpRequest, 'store'> & {
  readonly store: RemoteStoreUri | undefined;
  readonly hostKeys: HostKeys | undefined;
  readonly writeSummary: boolean;
};

/**
 * After {@link InputReader.finish} there is a store with host keys; this tells the compiler.
 * @throws ActionError of {@link InputReader.finish}
 */
function complete<Rest>(
  reader: InputReader,
  { store, hostKeys, writeSummary, copyInputs, options }: Common,
  rest: Rest,
): CommonInputs & { readonly request: SetUpRequest & Rest } {
  reader.finish();
  if (!store || !hostKeys) throw new TypeError('an input was accepted without a value');
  return { request: { store, copyInputs, options, ...rest }, hostKeys, writeSummary };
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

function readOptions(reader: InputReader): BuildOptions {
  return {
    keepGoing: reader.boolean('keep-going'),
    maxJobs: reader.count('max-jobs', 'jobs'),
    cores: reader.count('cores', 'cores'),
    timeout: reader.count('timeout', 'seconds'),
    maxSilentTime: reader.count('max-silent-time', 'seconds'),
    settings: reader.settings('build-options'),
  };
}

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
export interface Inputs {
  readonly request: StepRequest;
  /** Which host keys are the remote's. */
  readonly hostKeys: HostKeys;
  readonly writeSummary: boolean;
}

/**
 * Reads every input.
 * @param workspace the folder that a relative `working-directory` is in.
 * @throws ActionError naming every input that is wrong, and what is allowed there.
 */
export function readInputs(read: ReadInput, workspace: string): Inputs {
  const reader = new InputReader(read);
  const source = readSource(reader);
  const installables = reader.lines('installables');
  if (installables.length === 0 && source.kind === 'flake') {
    reader.complain('installables', 'is empty', 'Write one per line, for example `.#checks`.');
  }
  const parsed = (installables.length === 0 ? ['.'] : installables).map((text) =>
    reader.parse('installables', () =>
      parseInstallable(text, source.kind === 'flake' ? 'flake' : 'attributes'),
    ),
  );
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
  const systemText = reader.text('system');
  const system =
    systemText === '' ? undefined : reader.parse('system', () => parseSystem(systemText));
  const request = {
    source,
    installables: parsed.filter((installable) => installable !== undefined),
    evalArgs: reader.lines('eval-args').flatMap((line) => parseArgsStringToArgv(line)),
    system,
    workingDirectory: path.resolve(workspace, reader.text('working-directory')),
    store: stores[0],
    copy: readCopySelection(reader),
    copyInputs: reader.choice('copy-inputs', ['auto', 'never']),
    outLink: reader.text('out-link'),
    options: readOptions(reader),
  };
  const writeSummary = reader.boolean('summary') ?? true;
  const hostKeys = readHostKeys(reader, request.store);
  reader.finish();
  return { ...complete(request, hostKeys), writeSummary };
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

/** After {@link InputReader.finish} there is a store with host keys; this tells the compiler. */
function complete(
  request: Omit<StepRequest, 'store'> & { readonly store: RemoteStoreUri | undefined },
  hostKeys: HostKeys | undefined,
): Pick<Inputs, 'request' | 'hostKeys'> {
  const { store } = request;
  if (!store || !hostKeys) throw new TypeError('an input was accepted without a value');
  return { request: { ...request, store }, hostKeys };
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

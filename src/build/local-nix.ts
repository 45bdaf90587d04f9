import os from 'node:os';
import { daemonSocketPath } from '../nix/environment.ts';
import { readLocalSettings } from '../nix/local-settings.ts';
import { renderNixConf } from '../nix/nix-conf.ts';
import { startPrivateDaemon } from '../nix/private-daemon.ts';
import type { NixSettings } from '../nix/settings.ts';
import { nixVersion, type NixVersion } from '../nix/version.ts';
import { openLocalStore, type LocalStore } from '../store/local-store.ts';
import type { Builders } from './builders.ts';
import { confSettings } from './daemon-options.ts';
import { checkDaemonReach } from './daemon-reach.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import { isTrustedByLocal } from './local-trust.ts';
import { openRunnerConf, type ConfContext } from './runner-conf.ts';
import type { StepContext, StepRequest } from './step-request.ts';

/** The local Nix, as far as it takes machines from us. */
export interface LocalNix extends EvaluationStore {
  /** Where its daemon listens; undefined: at Nix's own place. */
  readonly socketPath: string | undefined;
  /** As they are with our configuration. */
  readonly settings: NixSettings | undefined;
  readonly version: NixVersion;
  /** What Nix in later steps is to find in its environment. */
  readonly exports: Readonly<Record<string, string>>;
}

type LocalNixContext = ConfContext & Pick<StepContext, 'user'>;

/**
 * Has the local Nix build on our machines: through a configuration of ours, and where its daemon does not take that from this user,
 * through a daemon for this job alone.
 * @param opened takes what has to be closed
 * @throws ActionError of nix/private-daemon.ts and daemon-reach.ts, and `input-invalid` for what Nix does not take of `extra-nix-config`
 */
export async function openLocalNix(
  builders: Builders,
  version: NixVersion,
  local: LocalStore,
  { options, nixConf: given }: Pick<StepRequest, 'options' | 'nixConf'>,
  context: LocalNixContext,
  opened: AsyncDisposableStack,
): Promise<LocalNix> {
  const machines = {
    builders: builders.lines(version),
    maxJobs: options.maxJobs,
    settings: confSettings(options),
    extraConfig: given.extraConfig,
  };
  const { accessToken } = given;
  const { env, exports } = await openRunnerConf(
    { ...machines, accessToken },
    version,
    context,
    opened,
  );
  const [settings, isHeard] = await Promise.all([
    readLocalSettings(nixCommand({ env, signal: context.signal })),
    isTrustedByLocal(local, context),
  ]);
  const known = { settings, version, rename: builders.rename };
  if (isHeard) {
    const { storeUri, kind } = local.access;
    const socketPath = daemonSocketPath(env);
    if (kind === 'socket') {
      const { store } = await openLocalStore({ env, socketPath });
      await checkDaemonReach(store, context.socketDirectory, settings);
    }
    return { storeUri, socketPath, ...known, exports, env };
  }
  // It downloads nothing for an evaluation, and needs no token.
  const { text: nixConf } = renderNixConf(machines);
  const { socketDirectory: folder, signal } = context;
  const daemon = await startPrivateDaemon({ nixConf, folder, env, signal });
  opened.defer(() => daemon.stop());
  const { socketPath } = daemon;
  const own = { NIX_DAEMON_SOCKET_PATH: socketPath };
  const all = { ...exports, ...own, NIX_REMOTE: 'daemon' };
  return { storeUri: 'daemon', socketPath, ...known, exports: all, env: { ...env, ...own } };
}

/** Which Nix this runner has. */
export function localNixVersion(context: Pick<StepContext, 'env' | 'signal'>): Promise<NixVersion> {
  return nixVersion(nixCommand(context));
}

function nixCommand({ env, signal }: Pick<StepContext, 'env' | 'signal'>) {
  return { nix: 'nix', env, signal, workingDirectory: os.tmpdir() };
}

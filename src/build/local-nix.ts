import { rm } from 'node:fs/promises';
import os from 'node:os';
import { daemonSocketPath } from '../nix/environment.ts';
import { readLocalSettings } from '../nix/local-settings.ts';
import { renderNixConf } from '../nix/nix-conf.ts';
import { startPrivateDaemon } from '../nix/private-daemon.ts';
import type { NixSettings } from '../nix/settings.ts';
import { userConfFiles, writeNixConf } from '../nix/user-conf-files.ts';
import { nixVersion, type NixVersion } from '../nix/version.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { Builders } from './builders.ts';
import { confLines, type BuildOptions } from './daemon-options.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import { isTrustedLocally } from './import-permission.ts';
import type { StepContext } from './step-request.ts';

/** The local Nix, as far as it takes machines from us. */
export interface LocalNix extends EvaluationStore {
  /** Where its daemon listens; undefined: at Nix's own place. */
  readonly socketPath: string | undefined;
  readonly settings: NixSettings | undefined;
  readonly version: NixVersion;
  /** What Nix in later steps is to find in its environment. */
  readonly exports: Readonly<Record<string, string>>;
}

/**
 * Has the local Nix build on our machines: through a configuration of ours, and where its daemon does not take that from this user,
 * through a daemon for this job alone.
 * @param opened takes what has to be closed
 * @throws ActionError of nix/private-daemon.ts
 */
export async function openLocalNix(
  builders: Builders,
  version: NixVersion,
  { access, store }: LocalStore,
  options: BuildOptions,
  {
    env,
    signal,
    user,
    socketDirectory,
  }: Pick<StepContext, 'env' | 'signal' | 'user' | 'socketDirectory'>,
  opened: AsyncDisposableStack,
): Promise<LocalNix> {
  const command = nixCommand({ env, signal });
  const [settings, { trust }] = await Promise.all([readLocalSettings(command), store.greeting]);
  const { text: nixConf } = renderNixConf({
    builders: builders.lines(version),
    maxJobs: options.maxJobs,
    extraConfig: confLines(options),
  });
  const file = await writeNixConf(socketDirectory, nixConf);
  // Of no use when the tunnels are gone, and it may hold a secret.
  opened.defer(() => rm(file, { force: true }));
  const conf = { NIX_USER_CONF_FILES: await userConfFiles(file, env, version) };
  const known = { settings, version, rename: builders.rename };
  const isHeard =
    access.kind === 'direct' ||
    isTrustedLocally({ localTrust: trust, localSettings: settings, localUser: user });
  if (isHeard) {
    const place = { storeUri: access.storeUri, socketPath: daemonSocketPath(env) };
    return { ...place, ...known, exports: conf, env: { ...env, ...conf } };
  }
  const daemon = await startPrivateDaemon({ nixConf, folder: socketDirectory, env, signal });
  opened.defer(() => daemon.stop());
  const { socketPath } = daemon;
  const own = { ...conf, NIX_DAEMON_SOCKET_PATH: socketPath };
  const exports = { ...own, NIX_REMOTE: 'daemon' };
  return { storeUri: 'daemon', socketPath, ...known, exports, env: { ...env, ...own } };
}

/** Which Nix this runner has. */
export function localNixVersion(context: Pick<StepContext, 'env' | 'signal'>): Promise<NixVersion> {
  return nixVersion(nixCommand(context));
}

function nixCommand({ env, signal }: Pick<StepContext, 'env' | 'signal'>) {
  return { nix: 'nix', env, signal, workingDirectory: os.tmpdir() };
}

import os from 'node:os';
import { daemonSocketPath } from '../nix/environment.ts';
import { readLocalSettings } from '../nix/local-settings.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { Builders } from './builders.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import type { StepContext } from './step-request.ts';

/** The local Nix, as far as it takes machines from us. */
export interface LocalNix extends EvaluationStore {
  /** Where its daemon listens; undefined: at Nix's own place. */
  readonly socketPath: string | undefined;
  readonly settings: Promise<NixSettings | undefined>;
}

/**
 * Makes sure that the local store builds on our machines.
 * @param opened takes what has to be closed
 */
export async function openLocalNix(
  _builders: Builders,
  { access }: LocalStore,
  { env, signal }: StepContext,
  _opened: AsyncDisposableStack,
): Promise<LocalNix> {
  const settings = readLocalSettings({ nix: 'nix', env, signal, workingDirectory: os.tmpdir() });
  settings.catch(() => undefined); // said where it is needed
  return Promise.resolve({
    storeUri: access.storeUri,
    env,
    socketPath: daemonSocketPath(env),
    settings,
  });
}

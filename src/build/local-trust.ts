import os from 'node:os';
import { readDaemonSettings } from '../nix/local-settings.ts';
import type { LocalStore } from '../store/local-store.ts';
import { isTrustedLocally } from './import-permission.ts';
import type { StepContext } from './step-request.ts';

/** Whether who serves the local store does all that this user says; a `nix-daemon --stdio` of his own does. */
export async function isTrustedByLocal(
  { access, store }: LocalStore,
  { env, signal, user }: Pick<StepContext, 'env' | 'signal' | 'user'>,
): Promise<boolean> {
  if (access.kind === 'direct') return true;
  const { trust } = await store.greeting;
  const command = { nix: 'nix', env, signal, workingDirectory: os.tmpdir() };
  const localSettings = trust === 'unknown' ? await readDaemonSettings(command) : undefined;
  return isTrustedLocally({ localTrust: trust, localSettings, localUser: user });
}

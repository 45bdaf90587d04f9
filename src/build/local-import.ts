import os from 'node:os';
import { readDaemonSettings } from '../nix/local-settings.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { SignatureCheck } from '../store/store.ts';
import { importPermission, type ImportReason } from './import-permission.ts';
import type { Remote } from './remote.ts';
import type { StepContext } from './step-request.ts';

/**
 * Whether what the remote builds can be imported here, asked before it builds anything.
 * @throws ActionError `signature-required`
 */
export async function localImportCheck(
  { store, access }: LocalStore,
  remote: Remote,
  { env, signal, user }: Pick<StepContext, 'env' | 'signal' | 'user'>,
  reason: ImportReason = 'copy-outputs',
): Promise<SignatureCheck> {
  const { trust } = await store.greeting;
  // Who writes the store himself needs nobody's trust; a `nix-daemon --stdio` of 2.8 says nothing of it.
  if (trust === 'trusted' || access.kind === 'direct') return 'no-signature-check';
  const [localSettings, remoteSettings] = await Promise.all([
    readDaemonSettings({ nix: 'nix', env, signal, workingDirectory: os.tmpdir() }),
    remote.settings(),
  ]);
  return importPermission({
    localTrust: trust,
    localSettings,
    localUser: user,
    remoteSettings,
    remoteLabel: remote.label,
    reason,
  });
}

import os from 'node:os';
import { readLocalSettings } from '../nix/local-settings.ts';
import type { SignatureCheck, Store } from '../store/store.ts';
import { importPermission } from './import-permission.ts';
import type { Remote } from './remote.ts';
import type { StepContext } from './step-request.ts';

/**
 * Whether what the remote builds can be imported here, asked before it builds anything.
 * @throws ActionError `signature-required`
 */
export async function localImportCheck(
  local: Store,
  remote: Remote,
  { env, signal, user }: StepContext,
): Promise<SignatureCheck> {
  const { trust } = await local.greeting;
  if (trust === 'trusted') return 'no-signature-check';
  const [localSettings, remoteSettings] = await Promise.all([
    readLocalSettings({ nix: 'nix', env, signal, workingDirectory: os.tmpdir() }),
    remote.settings(),
  ]);
  return importPermission({
    localTrust: trust,
    localSettings,
    localUser: user,
    remoteSettings,
    remoteLabel: remote.label,
  });
}

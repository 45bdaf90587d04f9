import { ActionError } from '../domain/errors.ts';
import type { SignatureCheck, Trust } from '../store/store.ts';

/** Why outputs are to be imported. */
export type ImportReason = 'copy-outputs' | 'offload socket';

/** What decides whether a store takes paths that come from elsewhere. */
export interface ImportEvidence {
  /** What the local daemon said of us. */
  readonly localTrust: Trust;
  /** The local settings (`nix config show`); undefined if they could not be read. */
  readonly localSettings: ReadonlyMap<string, string> | undefined;
  /** Name of the user this step runs as. */
  readonly localUser: string;
  /** The remote's settings; undefined where the remote runs no command for us. */
  readonly remoteSettings: ReadonlyMap<string, string> | undefined;
  readonly remoteLabel: string;
  readonly reason: ImportReason;
}

/**
 * Decides, before anything is built, whether built outputs can be imported into the local store, and with which check.
 * @throws ActionError `signature-required` when nothing that the remote builds could ever be imported, naming the line to add.
 */
export function importPermission(evidence: ImportEvidence): SignatureCheck {
  const { localSettings } = evidence;
  if (isTrustedLocally(evidence)) return 'no-signature-check';
  if (localSettings?.get('require-sigs') === 'false') return 'check-signatures';
  const signs = words(evidence.remoteSettings?.get('secret-key-files')).length > 0;
  // Where the remote's settings are not readable it may sign; the import itself then says.
  if (signs || evidence.remoteSettings === undefined) return 'check-signatures';
  throw new ActionError(
    'signature-required',
    `${evidence.reason}: the local Nix daemon does not trust user '${evidence.localUser}', and ${evidence.remoteLabel} does not sign what it builds, so its outputs cannot be imported here`,
    {
      hint:
        `Either add the line 'trusted-users = root ${evidence.localUser}' to /etc/nix/nix.conf on this runner, or set 'secret-key-files' in nix.conf on ` +
        `${evidence.remoteLabel} and add its public key to 'trusted-public-keys' on this runner${OTHERWISE[evidence.reason]}.`,
    },
  );
}

const OTHERWISE: Readonly<Record<ImportReason, string>> = {
  'copy-outputs': ', or leave copy-outputs at false',
  'offload socket': '',
};

/**
 * Daemons below protocol 1.35 do not say whether they trust us: then their `trusted-users` tells. A group in it may be one of ours;
 * then the import itself says.
 */
export function isTrustedLocally(
  evidence: Pick<ImportEvidence, 'localTrust' | 'localSettings' | 'localUser'>,
): boolean {
  if (evidence.localTrust !== 'unknown') return evidence.localTrust === 'trusted';
  const trusted = words(evidence.localSettings?.get('trusted-users'));
  return trusted.some(
    (name) => name === '*' || name === evidence.localUser || name.startsWith('@'),
  );
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}

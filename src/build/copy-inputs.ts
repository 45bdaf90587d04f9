import { ActionError } from '../domain/errors.ts';
import type { PathInfo } from '../domain/path-info.ts';
import { isDrvPath, type StorePath } from '../domain/store-path.ts';
import { closureWithin, type PathInfos } from '../store/closure.ts';
import type { Trust } from '../store/store.ts';

/** Whether inputs that the remote lacks and cannot get itself are sent from the local store. */
export type CopyInputs = 'auto' | 'never';

/** What decides which inputs a remote store can be sent. */
export interface InputEvidence {
  readonly copyInputs: CopyInputs;
  /** What the remote's daemon said of us. */
  readonly trust: Trust;
  /** The remote's settings; undefined where they cannot be read or do not matter. */
  readonly remoteSettings: ReadonlyMap<string, string> | undefined;
  /** What the remote's daemon has refused already. */
  readonly refused: ReadonlySet<StorePath>;
  readonly remoteLabel: string;
  /** Whom we are logged in as there. */
  readonly remoteUser: string;
}

export interface UploadPlan {
  /** What is sent: all that is missing of the closures of the roots that do not fail. */
  readonly infos: PathInfos;
  /** Why a root's closure cannot be had on the remote, by root. */
  readonly failures: ReadonlyMap<StorePath, ActionError>;
}

/** Whether a store takes this path from anybody: its name follows from its content, as a derivation's does. */
export function provesItself({ path, contentAddress }: PathInfo): boolean {
  return contentAddress !== undefined || isDrvPath(path);
}

/**
 * Decides what is sent, root by root: one that needs an input which cannot be sent fails, and the others do not notice.
 * @param missing what the remote lacks of the roots' closures, and cannot substitute
 */
export function planUpload(
  missing: PathInfos,
  roots: readonly StorePath[],
  evidence: InputEvidence,
): UploadPlan {
  const withheld = new Set([...missing.values()].filter((info) => !canBeSent(info, evidence)));
  if (withheld.size === 0) return { infos: closureWithin(roots, missing), failures: new Map() };
  const failures = new Map<StorePath, ActionError>();
  for (const root of roots) {
    const closure = closureWithin([root], missing);
    const [first, ...others] = [...closure.values()].filter((info) => withheld.has(info));
    if (first) failures.set(root, withheldError(first, others.length, evidence));
  }
  const possible = roots.filter((root) => !failures.has(root));
  return { infos: closureWithin(possible, missing), failures };
}

function canBeSent(info: PathInfo, evidence: InputEvidence): boolean {
  if (provesItself(info)) return true;
  if (evidence.copyInputs === 'never' || evidence.refused.has(info.path)) return false;
  // Only the daemon knows whether it trusts a signature; and one below protocol 1.35 does not say whether it trusts us.
  if (evidence.trust !== 'untrusted' || info.signatures.length > 0) return true;
  return evidence.remoteSettings?.get('require-sigs') === 'false';
}

function withheldError(
  { path, signatures }: PathInfo,
  others: number,
  { copyInputs, remoteLabel, remoteUser }: InputEvidence,
): ActionError {
  const which = others === 0 ? path : `${path} (and ${others} more)`;
  if (copyInputs === 'never') {
    return new ActionError(
      'path-invalid',
      `copy-inputs is 'never', but ${remoteLabel} lacks ${which} and cannot substitute it`,
      {
        hint: 'Set copy-inputs: auto to have it sent, or put it into a substituter of that store.',
      },
    );
  }
  const why = signatures.length === 0 ? 'no signature' : 'no signature by a key trusted there';
  return new ActionError(
    'signature-required',
    `copy-inputs: ${remoteLabel} lacks ${which}, cannot substitute it, and does not take it from user '${remoteUser}', ` +
      `whom it does not trust: it has ${why}`,
    {
      hint:
        `Either add the line 'trusted-users = root ${remoteUser}' to nix.conf on ${remoteLabel}, or sign it here with ` +
        `'nix store sign --recursive --key-file KEY ${path}' and add KEY's public half to 'trusted-public-keys' there, ` +
        `or put it into a substituter of that store.`,
    },
  );
}

import { ActionError } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';
import type { PresentNix } from './present-nix.ts';
import { DEFAULT_NIX_VERSION, INSTALLABLE, releaseOf, type Release } from './release.ts';
import type { InstallSource } from './release.ts';

export const INSTALL_POLICIES = ['auto', 'never', 'always'] as const;

/** Whether Nix is installed: where none is there that serves, not at all, or in any case. */
export type InstallPolicy = (typeof INSTALL_POLICIES)[number];

/** What the inputs say of the runner's Nix. */
export interface NixWanted {
  readonly policy: InstallPolicy;
  /** Undefined: any that is there, else {@link DEFAULT_NIX_VERSION}. */
  readonly version: string | undefined;
  readonly source: InstallSource | undefined;
}

/** What becomes of the runner's Nix. */
export type NixPlan =
  | { readonly kind: 'use'; readonly present: PresentNix }
  /** There is none, and whoever needs it says so. */
  | { readonly kind: 'none' }
  | { readonly kind: 'install'; readonly release: Release };

/** A Nix that is there, with its version where one was asked for. */
export type Known = PresentNix & { readonly version: string | undefined };

/**
 * Decides what is done for Nix to be there.
 * @param version of `present`, which matters where a version is wanted
 * @throws ActionError `nix-missing` where Nix is not there as it is wanted, and is not installed
 */
export function planNix(wanted: NixWanted, present: Known | undefined, system: System): NixPlan {
  const { policy, version, source } = wanted;
  const serves = present && (version === undefined || version === present.version);
  if (serves && policy !== 'always') return { kind: 'use', present };
  if (policy === 'never') {
    if (!present) return { kind: 'none' };
    throw new ActionError(
      'nix-missing',
      `${present.folder} has Nix ${present.version ?? ''}, nix-version asks for ${version ?? ''}, and install-nix is never`,
      { hint: 'Leave out nix-version or install-nix, or install that version in an earlier step.' },
    );
  }
  if (INSTALLABLE.includes(system)) {
    return { kind: 'install', release: releaseOf(version ?? DEFAULT_NIX_VERSION, system, source) };
  }
  throw notInstallable(system, present === undefined);
}

function notInstallable(system: System, isMissing: boolean): ActionError {
  const what = isMissing ? 'There is no Nix on this runner' : 'Another Nix is asked for';
  const isMac = system.endsWith('-darwin');
  return new ActionError(
    'nix-missing',
    `${what}, and this action does not install it ${isMac ? 'on macOS' : `for ${system}`}`,
    {
      hint: isMac
        ? 'Put an installer before this step: `uses: cachix/install-nix-action@v31`, or `uses: DeterminateSystems/determinate-nix-action@v3`.'
        : `It does for ${INSTALLABLE.join(' and ')}: install Nix in an earlier step.`,
    },
  );
}

import { isSystem, type System } from '../domain/system.ts';
import type { NixSettings } from '../nix/settings.ts';

/** What installables resolve for, and what attribute sets expand for. */
export interface SystemChoice {
  readonly system: System;
  readonly systems: readonly System[];
  /** Said to the user where it matters that the runner's system is a guess. */
  readonly notice: string | undefined;
}

/**
 * Chooses systems: what the store's URI says, else what the remote says, else the `system` input, else the runner's own.
 * An installable without a system resolves for the input, or the only system offered, or the runner's if offered, or the first.
 */
export function chooseSystems(
  input: System | undefined,
  fromUri: readonly System[],
  settings: NixSettings | undefined,
  runner: System,
): SystemChoice {
  const offered = fromUri.length > 0 ? fromUri : settingsSystems(settings);
  if (offered.length === 0) {
    const system = input ?? runner;
    const notice =
      input === undefined
        ? `The remote does not say which systems it builds for; taking the runner's, ${runner}. Add ?systems=… to the store URI, or set the input system.`
        : undefined;
    return { system, systems: [system], notice };
  }
  const system = input ?? (offered.includes(runner) ? runner : offered[0]) ?? runner;
  return { system, systems: offered, notice: undefined };
}

function settingsSystems(settings: NixSettings | undefined): readonly System[] {
  const own = settings?.get('system');
  if (own === undefined || !isSystem(own)) return [];
  const extra = (settings?.get('extra-platforms') ?? '').split(/\s+/);
  return [own, ...extra.filter((word) => isSystem(word))];
}

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
 * Chooses systems: what is offered, else the `system` input, else the runner's own. An installable without a system resolves for the
 * input, or the only system offered, or the runner's if offered, or the first.
 */
export function chooseSystems(
  input: System | undefined,
  offered: readonly System[],
  runner: System,
): SystemChoice {
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

/** The systems that a store's URI names, else those that its settings tell of. */
export function offeredSystems(
  named: readonly string[],
  settings: NixSettings | undefined,
): readonly System[] {
  if (named.length > 0) return named.filter((word) => isSystem(word));
  const own = settings?.get('system');
  if (own === undefined || !isSystem(own)) return [];
  const extra = (settings?.get('extra-platforms') ?? '').split(/\s+/);
  return [own, ...extra.filter((word) => isSystem(word))];
}

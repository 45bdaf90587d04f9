import { ActionError } from '../domain/errors.ts';
import { builderSettings } from '../nix/nix-conf.ts';
import { openLocalStore } from '../store/local-store.ts';
import type { Store } from '../store/store.ts';
import type { Builders } from './builders.ts';
import { askedNames, deliverOptions, type BuildOptions } from './daemon-options.ts';
import type { LocalNix } from './local-nix.ts';
import type { StepContext, StepRequest } from './step-request.ts';
import { withGivenConf } from './given-conf.ts';

/**
 * A session with the local store that builds on machines.
 * @throws ActionError `daemon-error` when the daemon does not take the machines
 */
export async function openBuilderSession(
  builders: Builders,
  { env, socketPath, settings, version }: LocalNix,
  { options, nixConf }: StepRequest,
  { observe }: StepContext,
): Promise<Store> {
  const { store } = await openLocalStore({ env, socketPath });
  try {
    const { nixVersion } = await store.greeting;
    const machines = builderSettings(builders.lines(version));
    const ours = machines.map(({ name, value }) => [name, value] as const);
    const asked = { ...options, settings: new Map([...ours, ...options.settings]) };
    const { setOptions } = deliverOptions(
      withGivenConf(asked, nixConf.extraConfig, settings),
      'socket',
      nixVersion,
      settings,
    );
    if (!setOptions) throw settingsUnreadable();
    await store.setOptions(setOptions);
    const unheard = notEnforcedWarning(options);
    if (unheard !== undefined) observe({ kind: 'warning', text: unheard });
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

/**
 * What no daemon of a machine gets to know: over ssh-ng Nix passes nothing on (`SSHStore::setOptions` is empty in every version), over ssh the
 * two limits, but to a `nix-store --serve` that does not tell its daemon.
 */
const NOT_PASSED_ON: ReadonlySet<string> = new Set(['cores', 'timeout', 'max-silent-time']);

/** Says which options do not reach machines; undefined if all do. */
export function notEnforcedWarning(options: BuildOptions): string | undefined {
  const given = [...askedNames(options), ...options.settings.keys()];
  const names = given.filter((name) => NOT_PASSED_ON.has(name));
  if (names.length === 0) return undefined;
  return (
    `${names.join(', ')}: Nix does not pass this on to the daemons of builders, which build as they are set up themselves. ` +
    'Set it in their nix.conf, or use mode: remote-store.'
  );
}

/** What the local Nix has set is to be sent along with every option. */
export function settingsUnreadable(): ActionError {
  return new ActionError('daemon-error', 'the local Nix does not tell its settings', {
    hint: 'Does `nix config show` (`nix show-config` before 2.20) work on this runner?',
  });
}

import { ActionError, asActionError, type ErrorCode } from '../domain/errors.ts';
import { storeOfMachine, unique, type Machine } from '../domain/machine.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { decide, type Decision } from '../plan/decide.ts';
import { needsEvidence, type Circumstances } from '../plan/needs-evidence.ts';
import type { LocalStore } from '../store/local-store.ts';
import { askForEvidence } from './asked-evidence.ts';
import { buildersSite } from './builders-site.ts';
import { ABSENT } from './present-places.ts';
import { remoteOn } from './remote-on.ts';
import { remoteIdOf } from './evidence.ts';
import { machineAbilities, slotsOf } from './evidence-sides.ts';
import type { Learning } from './learning.ts';
import { localSite } from './local-site.ts';
import { offeredSystems } from './systems.ts';
import type { Phases } from './phases.ts';
import type { Connected, Site } from './site.ts';
import type { Destination, StepContext, StepRequest } from './step-request.ts';

/** Where there is a choice: the remotes that are there, as stores or as builders. */
export interface Choosing {
  readonly request: StepRequest;
  readonly destination: Destination & { readonly mode: 'auto' };
  readonly context: StepContext;
  /** Those of them that are stores, connected. */
  readonly stores: readonly [Connected, ...Connected[]];
  readonly local: LocalStore;
  readonly evaluation: Evaluation;
  /** Why the local store takes nothing of them, if it does not. */
  readonly refusal: ActionError | undefined;
  readonly learning: Learning | undefined;
  readonly phases: Phases;
  /** Takes what has to be closed. */
  readonly opened: AsyncDisposableStack;
}

/** Which mode, and why; no reason where nothing had to be decided. */
export interface Choice extends Pick<Decision, 'mode' | 'predictions'> {
  readonly reason: string | undefined;
}

/** Where it is built, and why there. */
export interface Chosen {
  readonly places: readonly [Connected, ...Connected[]];
  readonly choice: Choice;
}

/**
 * Chooses a mode by evidence, and opens what it takes. Where there is one sensible choice nobody is asked; where builders turn out not
 * to be possible after all, it is built in the stores.
 * @throws ActionError `signature-required` where outputs are wanted, and no mode can have them
 */
export async function choosePlaces(choosing: Choosing): Promise<Chosen> {
  const { stores, refusal } = choosing;
  const decision = await decisionOf(choosing);
  const { mode, reason } = decision;
  choosing.context.observe({ kind: 'mode-chosen', mode, reason });
  const site = await siteOf(decision, choosing);
  if (site) {
    try {
      return { places: await site.connected, choice: decision };
    } catch (thrown) {
      const { code, message } = asActionError(thrown);
      if (choosing.context.signal.aborted || !IMPOSSIBLE.has(code)) throw thrown;
      if (refusal) throw also(refusal, message);
      choosing.context.observe({
        kind: 'warning',
        text: `mode auto: no ${decision.mode}: ${message}`,
      });
      const choice = { mode: 'remote-store', reason: message, predictions: [] } as const;
      return { places: stores, choice };
    }
  }
  if (refusal) throw refusal;
  return { places: stores, choice: decision };
}

/** What keeps a mode from being possible here; whatever else is wrong is for a person to see to. */
const IMPOSSIBLE: ReadonlySet<ErrorCode> = new Set([
  'daemon-untrusted',
  'daemon-elsewhere',
  'daemon-error',
  ...ABSENT,
]);

/** Neither the stores nor builders are possible. */
function also({ code, message, hint, cause }: ActionError, builders: string): ActionError {
  return new ActionError(code, `${message}; nor are builders possible: ${builders}`, {
    hint,
    cause,
  });
}

async function decisionOf(choosing: Choosing): Promise<Decision> {
  const need = needsEvidence(circumstancesOf(choosing));
  return need.kind === 'decided' ? need.decision : decide(await askForEvidence(choosing));
}

/** Those that are there, as far as that was tried. */
export function machinesOf({ destination, stores }: Choosing): readonly Machine[] {
  return destination.machines.filter(
    (machine) => !storeOfMachine(machine) || remoteOn(machine, stores),
  );
}

function circumstancesOf(choosing: Choosing): Circumstances {
  const { request, refusal, evaluation } = choosing;
  const systems = evaluation.attributes.flatMap((each) =>
    each.kind === 'derivation' ? [each.system] : [],
  );
  return {
    remotes: machinesOf(choosing).map((machine) => ({
      id: remoteIdOf(machine),
      protocol: machine.protocol === 'ssh' ? 'serve' : 'worker',
      outputsAccepted: refusal === undefined ? 'unknown' : false,
      ...machineAbilities(machine, 'unknown'),
    })),
    builders: { kind: 'unknown' },
    wantedBack: request.copy.kind !== 'none',
    systems: new Set(systems),
  };
}

/** Undefined for the stores, which are open. */
async function siteOf({ mode, reason }: Decision, choosing: Choosing): Promise<Site | undefined> {
  const { request, context, local, phases, opened } = choosing;
  const here = Promise.resolve(local);
  switch (mode) {
    case 'remote-store':
      return undefined;
    case 'local':
      return localSite({ ...request, destination: { mode, reason } }, context, here, opened);
    case 'builders': {
      const machines = await Promise.all(
        machinesOf(choosing).map((machine) => asBuilder(machine, choosing.stores)),
      );
      return buildersSite(request, machines, context, here, phases, opened);
    }
  }
}

/** A store says itself what a line in `builders` would say of it. */
async function asBuilder(machine: Machine, stores: Choosing['stores']): Promise<Machine> {
  const remote = remoteOn(machine, stores);
  if (!remote || machine.systems.length > 0) return machine;
  const settings = await remote.settings();
  const slots = slotsOf(settings ?? 'unknown');
  const features = settings?.get('system-features')?.split(/\s+/) ?? [];
  return {
    ...machine,
    systems: offeredSystems([], settings),
    maxJobs: slots === 'unknown' ? machine.maxJobs : Math.max(slots, 1),
    supportedFeatures: unique([...machine.supportedFeatures, ...features.filter(Boolean)]),
  };
}

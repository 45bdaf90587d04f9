import { setTimeout as delay } from 'node:timers/promises';
import { aborted } from '../domain/aborted.ts';
import { asActionError, toError, type ActionError } from '../domain/errors.ts';
import { daemonSocketPath } from '../nix/environment.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { openLocalStore, type LocalStore } from '../store/local-store.ts';
import type { SignatureCheck } from '../store/store.ts';
import { buildersSite } from './builders-site.ts';
import { evaluateEarly } from './early-evaluation.ts';
import type { EvaluationMemory } from './evaluation-memory.ts';
import { withFetchedInputs } from './fetched-inputs.ts';
import { warnOfUnheard } from './given-conf.ts';
import { localSite } from './local-site.ts';
import type { Phases } from './phases.ts';
import { remotesSite } from './remotes-site.ts';
import { openGivenConf } from './runner-conf.ts';
import type { Connected, Site } from './site.ts';
import type { Destination, StepContext, StepRequest } from './step-request.ts';
import type { StoreConnections } from './store-connections.ts';

/** Milliseconds that installing Nix waits for what an earlier run may have kept. If there is something, the stores are waited for, too. */
const PATIENCE = 3000;

export interface StartOptions {
  readonly request: StepRequest;
  /** Its signal fires with {@link StartOptions.end}. */
  readonly context: StepContext;
  readonly phases: Phases;
  /** Takes what has to be closed. */
  readonly opened: AsyncDisposableStack;
  /** Where stores build. */
  readonly stores: StoreConnections | undefined;
  readonly memory: EvaluationMemory | undefined;
  /** Ends all that has been started. */
  readonly end: (reason: unknown) => void;
}

/** What all of it takes Nix on the runner. */
export interface Started {
  /** With the environment that every Nix of this step goes by. */
  readonly context: StepContext;
  readonly places: readonly [Connected, ...Connected[]];
  readonly local: LocalStore;
  readonly evaluation: Evaluation;
  readonly permission: Permission;
}

/** How copied outputs are imported, or why they are not. */
export interface Permission {
  readonly importCheck: SignatureCheck | undefined;
  readonly refusal: ActionError | undefined;
}

/** Opens the local store, evaluates, and finds out whether outputs can be imported, beside connecting. */
export async function start(options: StartOptions): Promise<Started> {
  const { request, phases, opened, stores, memory } = options;
  await nixThere(options);
  const { env } = await environmentOf(request, options.context, opened);
  const context = { ...options.context, env };
  const local = openLocal(request, context, opened);
  const site = stores
    ? remotesSite(request, stores, context, local, opened)
    : otherSite(request, context, local, phases, opened);
  const { connected } = site;
  const inputs = withFetchedInputs(request, context, site.store);
  const ways = { local, systems: site.systems, store: inputs.store };
  const evaluating = evaluateEarly(request, context, phases, ways);
  evaluating.then(() => memory?.evaluated(), toError);
  // Beside the build; the step waits for it at its end.
  const keeping = evaluating.then(() => inputs.keep(), toError);
  opened.defer(async () => {
    await keeping;
  });
  // Of a mode that is not chosen yet, what it cannot have is evidence.
  const permission = site.importCheck.then(allowed, (error: unknown) =>
    refused(error, request.destination),
  );
  const parts = [connected, local, evaluating, permission] as const;
  const ends = [loss(connected), aborted(context.signal)];
  try {
    const [places, store, evaluation, may] = await Promise.race([Promise.all(parts), ...ends]);
    return { context, places, local: store, evaluation, permission: may };
  } catch (error) {
    options.end(error);
    closeAll(connected);
    await Promise.allSettled(parts);
    throw error;
  }
}

/** Nix that is to be installed is so only once it is known that something has to be evaluated. */
async function nixThere({ context, memory }: StartOptions): Promise<void> {
  const { nix, signal } = context;
  if (nix.coming && memory) {
    const limit = delay(PATIENCE, undefined, { ref: false });
    const ended = aborted(signal);
    const known = await Promise.race([memory.known, limit, ended]);
    const found = known && (await Promise.race([memory.unchanged, ended]));
    if (found) await ended; // whoever waits for the same news ends this
  }
  // Installing goes on: the whole step ends it, unless it is built here and waits for the same.
  await Promise.race([nix.ready(), aborted(signal)]);
}

/** What every Nix of this step goes by. With builders its configuration is written when they are known. */
async function environmentOf(
  { destination, nixConf }: StepRequest,
  context: StepContext,
  opened: AsyncDisposableStack,
): Promise<Pick<StepContext, 'env'>> {
  if (destination.mode === 'builders') return context;
  return openGivenConf(nixConf, context, opened);
}

function otherSite(
  request: StepRequest,
  context: StepContext,
  local: Promise<LocalStore>,
  phases: Phases,
  opened: AsyncDisposableStack,
): Site {
  const { destination } = request;
  return destination.mode === 'builders'
    ? buildersSite(request, destination.machines, context, local, phases, opened)
    : localSite(request, context, local, opened);
}

async function openLocal(
  { destination, nixConf }: StepRequest,
  context: StepContext,
  opened: AsyncDisposableStack,
): Promise<LocalStore> {
  const { env } = context;
  const local = await openLocalStore({ env, socketPath: daemonSocketPath(env) });
  opened.defer(() => local.store.close());
  // With builders whoever serves it trusts us, if need be as a daemon of ours.
  if (destination.mode !== 'builders') await warnOfUnheard(nixConf, local, context);
  return local;
}

function allowed(importCheck: SignatureCheck | undefined): Permission {
  return { importCheck, refusal: undefined };
}

function refused(thrown: unknown, { mode }: Destination): Permission {
  const error = asActionError(thrown);
  if (mode !== 'auto' || error.code !== 'signature-required') throw error;
  return { importCheck: undefined, refusal: error };
}

/** Rejects when the last established connection is lost: no use in evaluating on. */
export async function loss(connected: Site['connected']): Promise<never> {
  const reasons = await Promise.all((await connected).map(({ place }) => place.lost));
  throw reasons[0] ?? new Error('no place was connected');
}

/** Now, or as soon as they are connected. */
export function closeAll(connected: Site['connected']): void {
  void connected.then((places) => {
    for (const { place } of places) place.close();
  }, toError);
}

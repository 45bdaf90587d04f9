import { asActionError, toError, type ActionError } from '../domain/errors.ts';
import { daemonSocketPath } from '../nix/environment.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { openLocalStore, type LocalStore } from '../store/local-store.ts';
import type { SignatureCheck } from '../store/store.ts';
import { buildersSite } from './builders-site.ts';
import { choosePlaces, type Choice } from './choice.ts';
import { evaluateEarly } from './early-evaluation.ts';
import { localSite } from './local-site.ts';
import type { Learning } from './learning.ts';
import { linesOf, type Line } from './lines.ts';
import type { Phases } from './phases.ts';
import { warnOfUnheard } from './given-conf.ts';
import { remotesSite } from './remotes-site.ts';
import type { Connected, Site, Traffic } from './site.ts';
import type { Destination, StepContext, StepRequest } from './step-request.ts';

/** What a step has when it can begin to build. */
export interface Prepared {
  readonly choice: Choice;
  /** Of all that was connected to, built there or not. */
  readonly traffic: ReadonlySet<Traffic>;
  /** The same, one by one. */
  readonly lines: readonly Line[];
  readonly places: readonly [Connected, ...Connected[]];
  readonly local: LocalStore;
  readonly evaluation: Evaluation;
  /** How copied outputs are imported; undefined if none are copied back. */
  readonly importCheck: SignatureCheck | undefined;
}

/**
 * Connects to where it is built, evaluates, and finds out whether outputs can be imported, all at the same time; what fails first ends
 * the rest.
 * @param learning of earlier steps, for a choice
 * @param opened takes what has to be closed
 */
export async function prepare(
  request: StepRequest,
  context: StepContext,
  phases: Phases,
  learning: Learning | undefined,
  opened: AsyncDisposableStack,
): Promise<Prepared> {
  const failing = new AbortController();
  const inner = { ...context, signal: AbortSignal.any([context.signal, failing.signal]) };
  const local = openLocal(request, inner, opened);
  const { destination } = request;
  const site = openSite(request, inner, local, phases, opened);
  const { connected } = site;
  const evaluating = evaluateEarly(request, inner, phases, { local, ...site });
  // Of a mode that is not chosen yet, what it cannot have is evidence.
  const permission = site.importCheck.then(allowed, (error: unknown) =>
    refused(error, destination),
  );
  const all = Promise.all([connected, local, evaluating, permission]);
  try {
    const ready = await Promise.race([all, loss(connected), cancelled(context.signal)]);
    const [places, localStore, evaluation, { importCheck, refusal }] = ready;
    const done = { local: localStore, evaluation, importCheck, ...usedBy(places) };
    if (destination.mode !== 'auto') return { ...done, places, choice: choiceOf(destination) };
    const choosing = { request, destination, context, learning, phases, opened, refusal };
    const chosen = await choosePlaces({ ...choosing, ...done, stores: places });
    return { ...done, ...chosen, ...usedBy([...places, ...chosen.places]) };
  } catch (error) {
    failing.abort(error);
    void connected.then((places) => {
      for (const { place } of places) place.close();
    }, toError);
    await Promise.allSettled([connected, local, evaluating, permission]);
    throw error;
  }
}

function usedBy(all: readonly Connected[]): Pick<Prepared, 'traffic' | 'lines'> {
  const each = new Map(all.map((connected) => [connected.traffic, connected]));
  return { traffic: new Set(each.keys()), lines: [...each.values()].flatMap(linesOf) };
}

/** What was asked for. */
function choiceOf(destination: Exclude<Destination, { readonly mode: 'auto' }>): Choice {
  const reason = destination.mode === 'local' ? destination.reason : undefined;
  return { mode: destination.mode, reason, predictions: [] };
}

interface Permission {
  readonly importCheck: SignatureCheck | undefined;
  readonly refusal: ActionError | undefined;
}

function allowed(importCheck: SignatureCheck | undefined): Permission {
  return { importCheck, refusal: undefined };
}

function refused(thrown: unknown, { mode }: Destination): Permission {
  const error = asActionError(thrown);
  if (mode !== 'auto' || error.code !== 'signature-required') throw error;
  return { importCheck: undefined, refusal: error };
}

function openSite(
  request: StepRequest,
  context: StepContext,
  local: Promise<LocalStore>,
  phases: Phases,
  opened: AsyncDisposableStack,
): Site {
  const { destination } = request;
  switch (destination.mode) {
    case 'auto':
    case 'remote-store':
      return remotesSite(request, destination.stores, context, local, phases, opened);
    case 'builders':
      return buildersSite(request, destination.machines, context, local, phases, opened);
    case 'local':
      return localSite(request, context, local, opened);
  }
}

/** Rejects when the last established connection is lost: no use in evaluating on. */
async function loss(connected: Site['connected']): Promise<never> {
  const reasons = await Promise.all((await connected).map(({ place }) => place.lost));
  throw reasons[0] ?? new Error('no place was connected');
}

/** Rejects when the workflow is cancelled: some waits for the remote do not listen to the signal. */
function cancelled(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(toError(signal.reason));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
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

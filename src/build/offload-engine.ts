import { readFile } from 'node:fs/promises';
import type { Abilities } from '../domain/abilities.ts';
import { asActionError } from '../domain/errors.ts';
import type { OutcomeStatus } from '../domain/outcome.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { Answer, BuildRequest, OffloadClient, TakeOver } from '../offload/take-over.ts';
import { derivationClosure, type DerivationClosure } from '../store/derivation-closure.ts';
import type { LocalStore } from '../store/local-store.ts';
import type { SignatureCheck, Store } from '../store/store.ts';
import { clientRequest } from './client-options.ts';
import type { CopyInputs } from './copy-inputs.ts';
import type { BuildOptions } from './daemon-options.ts';
import type { Clock } from './events.ts';
import { planOffload, type BuiltPath, type OffloadPlan } from './offload-plan.ts';
import { buildForClient } from './offloaded-request.ts';
import type { RequestParts } from './remote-part.ts';
import { PASSING } from './remote-link.ts';
import { RemoteSessions } from './remote-sessions.ts';
import type { Remote } from './remote.ts';
import { wantedOutputs } from './wanted-outputs.ts';

/** A derivation that was asked for by a client of the offload socket, or built for it. */
export interface OffloadedBuild {
  readonly drvPath: DrvPath;
  /** Undefined where nothing was built for it. */
  readonly seconds: number | undefined;
  readonly status: OutcomeStatus;
}

/** A remote that may be connected or not. */
export interface OffloadRemote {
  readonly abilities: () => Promise<Abilities>;
  /** The remote as it is now; waits for a connection where the last one was lost, and rejects when none can be had. */
  readonly connected: (signal: AbortSignal) => Promise<Remote>;
}

export interface OffloadOptions {
  /** Those that may build. */
  readonly remotes: () => Promise<readonly OffloadRemote[]>;
  /** A further session with the local store. */
  readonly openLocal: () => Promise<LocalStore>;
  /** How outputs are imported. */
  readonly importCheck: SignatureCheck;
  /** What the step was given as inputs: in force where a client asks for nothing else. */
  readonly options: BuildOptions;
  readonly copyInputs: CopyInputs;
  /** The runner's own Nix settings: a client that sends these has asked for nothing. Undefined if they could not be read. */
  readonly localSettings: () => Promise<NixSettings | undefined>;
  /** An existing folder of the step's own. */
  readonly temporaryDirectory: string;
  readonly clock: Clock;
  /** Told when a client's request is answered, once for each derivation that was asked for or built. */
  readonly onBuild: (build: OffloadedBuild) => void;
  /** Told what is worth a line in the log. */
  readonly onNotice: (text: string) => void;
}

/** Milliseconds of waiting for a connection that nobody minds. */
const TELL_AFTER = 1000;

const WAITING = 'warning: the connection to the builder was lost; waiting for another one';

/** Has build requests of the offload socket's clients built by a remote. */
export function offloadTo(options: OffloadOptions): TakeOver {
  const engine = new OffloadEngine(options);
  return (request, client) => engine.answer(request, client);
}

class OffloadEngine {
  readonly #options: OffloadOptions;
  readonly #sessions = new WeakMap<Remote, RemoteSessions>();

  constructor(options: OffloadOptions) {
    this.#options = options;
  }

  async answer(request: BuildRequest, client: OffloadClient): Promise<Answer> {
    const missing = await derivationsToBuild(request, client, this.#options.importCheck);
    if (missing.size === 0) return { kind: 'pass' };
    const closure = await closureOf(request);
    if (!closure) return { kind: 'pass' };
    const progress = { hasAsked: false };
    const onAsked = (): void => void (progress.hasAsked = true);
    const parts = { request, closure, client, onAsked };
    try {
      return await this.#tryRemote(parts, missing);
    } catch (error) {
      // A link that died unnoticed, while nobody used it: nothing was built yet, so nothing is built twice.
      if (progress.hasAsked || asActionError(error).code !== 'connection-lost') throw error;
      return this.#tryRemote(parts, missing);
    }
  }

  async #tryRemote(
    parts: Omit<RequestParts, 'remote' | 'plan'>,
    missing: ReadonlySet<StorePath>,
  ): Promise<Answer> {
    const { request, closure, client } = parts;
    const remotes = await this.#options.remotes();
    const plans = remotes.map(async (remote) => ({
      remote,
      plan: planOffload(request.paths, missing, closure, await remote.abilities()),
    }));
    const chosen = await firstConnected(mostRemoteFirst(await Promise.all(plans)), client);
    if (!chosen) return { kind: 'pass' };
    const { remote, plan } = chosen;
    const settings = await this.#options.localSettings();
    const { options, logging } = clientRequest(client.options, settings, this.#options.options);
    const sessions = this.#sessionsOf(remote);
    const lease = await sessions.acquire(options, logging, client.signal);
    return buildForClient({ ...this.#options, ...parts, plan, remote, lease, sessions });
  }

  #sessionsOf(remote: Remote): RemoteSessions {
    const known = this.#sessions.get(remote);
    if (known) return known;
    const sessions = new RemoteSessions(remote);
    this.#sessions.set(remote, sessions);
    return sessions;
  }
}

/** What one remote would build of a request. */
interface Planned<T> {
  readonly remote: T;
  readonly plan: OffloadPlan;
}

/** Those that can build any of it, whoever builds most first. */
function mostRemoteFirst<T>(plans: readonly Planned<T>[]): readonly Planned<T>[] {
  return plans
    .filter(({ plan }) => plan.remote.length > 0)
    .toSorted((one, other) => other.plan.remote.length - one.plan.remote.length);
}

/**
 * The first of these that is connected, or can be.
 * @throws ActionError of the last one, where there is none
 */
async function firstConnected(
  [next, ...others]: readonly Planned<OffloadRemote>[],
  client: OffloadClient,
): Promise<Planned<Remote> | undefined> {
  if (!next) return undefined;
  const { remote, plan } = next;
  try {
    return { remote: await tellingOfWaits(client, remote.connected(client.signal)), plan };
  } catch (error) {
    if (others.length === 0 || !PASSING.has(asActionError(error).code)) throw error;
    return firstConnected(others, client);
  }
}

/** Who waits is told so. */
async function tellingOfWaits(
  { hear }: OffloadClient,
  connected: Promise<Remote>,
): Promise<Remote> {
  const tell = setTimeout(() => void hear({ kind: 'message', text: WAITING }), TELL_AFTER);
  try {
    return await connected;
  } finally {
    clearTimeout(tell);
  }
}

/** The derivations of a request that take a build, and all that have to be built for them. What can be substituted is not among them. */
async function derivationsToBuild(
  { paths, mode }: BuildRequest,
  { store }: OffloadClient,
  importCheck: SignatureCheck,
): Promise<ReadonlySet<StorePath>> {
  const built = paths.filter((path) => path.kind === 'built');
  if (built.length === 0) return new Set();
  switch (mode) {
    case 'normal':
      return new Set((await store.queryMissing(built)).willBuild);
    case 'repair':
      // The local store refuses whom it does not trust, in its own words.
      return new Set(importCheck === 'check-signatures' ? [] : built.map(({ drvPath }) => drvPath));
    case 'check':
      return validDerivations(store, built);
  }
}

/** What is not there cannot be built again: the local store says so in its own words. */
async function validDerivations(
  store: Store,
  paths: readonly BuiltPath[],
): Promise<ReadonlySet<StorePath>> {
  const outputs = await wantedOutputs(store, paths);
  const known = [...outputs.values()].flatMap((each) => [...each.values()]);
  const valid = await store.queryValidPaths(known.filter((path) => path !== undefined));
  const isValid = (path: StorePath | undefined): boolean => path !== undefined && valid.has(path);
  const drvPaths = [...outputs].filter(([, each]) => [...each.values()].every(isValid));
  return new Set(drvPaths.map(([drvPath]) => drvPath));
}

/** Undefined for what only Nix itself can build. */
async function closureOf({ paths }: BuildRequest): Promise<DerivationClosure | undefined> {
  const roots = paths.flatMap((path) => (path.kind === 'built' ? [path.drvPath] : []));
  try {
    return await derivationClosure(roots, (path) => readFile(path, 'utf8'));
  } catch (error) {
    if (asActionError(error).code === 'unsupported-derivation') return undefined;
    throw error;
  }
}

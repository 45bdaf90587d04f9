import type { DaemonEvent } from '../domain/activity.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { toError } from '../domain/errors.ts';
import { isGood } from '../domain/outcome.ts';
import type { DrvPath } from '../domain/store-path.ts';
import type { Answer, BuildRequest, OffloadClient } from '../offload/take-over.ts';
import type { DerivationClosure } from '../store/derivation-closure.ts';
import type { Store } from '../store/store.ts';
import { ActivityTracker } from './activity-tracker.ts';
import { endBuilds } from './cancel.ts';
import type { CopyStores } from './copy-back.ts';
import { DEFAULT_LOGGING } from './daemon-options.ts';
import { isGoodAnswer, mergedAnswer, requestBuild, statusIn } from './offload-answers.ts';
import { NamedFailures } from './named-failures.ts';
import type { OffloadOptions } from './offload-engine.ts';
import { OffloadedLogs } from './offloaded-logs.ts';
import { OffloadedOutputs, type Results } from './offloaded-outputs.ts';
import type { BuiltPath, OffloadPlan } from './offload-plan.ts';
import { comparedWithLocal } from './rebuilt-outputs.ts';
import { requestedResults } from './requested-results.ts';
import { NO_OPTIONS, type Lease, type RemoteSessions } from './remote-sessions.ts';
import type { Remote } from './remote.ts';
import { upload } from './upload.ts';
import { wantedOutputs, type Outputs } from './wanted-outputs.ts';

/** What one client's request is about. */
export interface RequestParts {
  readonly request: BuildRequest;
  readonly plan: OffloadPlan;
  /** Of all derivations of the request. */
  readonly closure: DerivationClosure;
  readonly client: OffloadClient;
  readonly remote: Remote;
  /** Told when the remote is asked to build: from then on another try might build twice. */
  readonly onAsked: () => void;
}

export interface OffloadedRequestOptions extends Omit<OffloadOptions, 'remote'>, RequestParts {
  /** The session that builds; given back as soon as it is free. */
  readonly lease: Lease;
  readonly sessions: RemoteSessions;
}

/** What a remote has done of a request. */
interface BuiltThere {
  readonly answer: Answer;
  readonly results: Results;
  /** Which of it was built there; the rest has inputs that the remote does not take from us. */
  readonly paths: readonly BuiltPath[];
}

/**
 * Has one build request of a client built by a remote: derivations go up, logs come while it builds, and outputs before the answer.
 * @throws ActionError for what kept the remote from building at all, or an output from coming; a build that fails is an answer
 */
export async function buildForClient(options: OffloadedRequestOptions): Promise<Answer> {
  const logs = await OffloadedLogs.create(options.temporaryDirectory);
  try {
    const wanted = await wantedOutputs(options.client.store, options.plan.remote);
    await using request = new OffloadedRequest(options, logs, wanted);
    return await request.answer();
  } finally {
    options.lease.release();
    await logs.remove();
  }
}

class OffloadedRequest implements AsyncDisposable {
  readonly #options: OffloadedRequestOptions;
  readonly #logs: OffloadedLogs;
  readonly #tracker: ActivityTracker;
  readonly #failures = new NamedFailures();
  readonly #wanted: ReadonlyMap<DrvPath, Outputs>;
  readonly #outputs: OffloadedOutputs;

  constructor(
    options: OffloadedRequestOptions,
    logs: OffloadedLogs,
    wanted: ReadonlyMap<DrvPath, Outputs>,
  ) {
    this.#options = options;
    this.#logs = logs;
    this.#wanted = wanted;
    this.#tracker = new ActivityTracker(logs.observe, options.clock);
    this.#outputs = new OffloadedOutputs({
      wanted,
      closure: options.closure,
      openStores: () => openCopyStores(options),
      check: options.importCheck,
      repair: options.request.mode === 'repair' ? 'roots' : undefined,
      signal: options.client.signal,
    });
    this.#tracker.onStopped = this.#outputs.stopped;
  }

  async answer(): Promise<Answer> {
    const { client, plan, request, lease } = this.#options;
    const { answer, results, paths } = await this.#whileCancellable(() => this.#buildThere());
    if (paths.length === 0) return { kind: 'pass' };
    lease.release();
    this.#report(answer, paths);
    await this.#outputs.collect(answer, results, client.store);
    await this.#logs.register(client.store);
    const here = [...plan.local, ...plan.remote.filter((path) => !paths.includes(path))];
    const whole = here.length === 0 ? answer : await this.#completed(answer, here);
    if (whole.kind !== 'results') return whole;
    const { nixVersion } = await client.store.greeting;
    return { ...whole, results: requestedResults(whole.results, request.paths, nixVersion) };
  }

  /** With what the local store makes of the rest. */
  async #completed(answer: Answer, here: readonly DerivedPath[]): Promise<Answer> {
    if (answer.kind === 'error') return answer;
    const { client, request } = this.#options;
    const { operation, mode } = request;
    const locally = await requestBuild(client.store, operation, here, mode, client.hear);
    return mergedAnswer(answer, locally);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#outputs.close();
  }

  /** Its builds end with the client, as long as the session is ours. */
  async #whileCancellable<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this.#options.client;
    const { store } = this.#options.lease;
    const endings: Promise<void>[] = [];
    const stop = (): void => {
      endings.push(endBuilds(store, this.#tracker, toError(signal.reason)));
    };
    signal.addEventListener('abort', stop);
    try {
      if (signal.aborted) stop();
      return await work();
    } finally {
      signal.removeEventListener('abort', stop);
      // The session is closed a moment later, and must not be another client's by then.
      await Promise.all(endings);
    }
  }

  async #buildThere(): Promise<BuiltThere> {
    const { lease, plan } = this.#options;
    for (const text of lease.warnings) await this.#warn(text);
    let early: Promise<Answer> | undefined;
    const paths = await this.#upload(() => {
      early = this.#request(lease.store, plan.remote);
      early.catch(() => undefined); // waited for below, unless uploading fails first
    });
    if (paths.length === 0) return { answer: { kind: 'pass' }, results: undefined, paths };
    const answer = await (early ?? this.#request(lease.store, paths));
    return { answer, results: await this.#resultsOf(answer, paths), paths };
  }

  /**
   * What became of content-addressed outputs. BuildPaths tells nothing of them, and Nix before 2.33 calls those that depend on others by
   * what they were resolved to (`DerivationGoal::resolvedFinished`); asked once more, it says what they are to the client.
   */
  async #resultsOf(answer: Answer, paths: readonly BuiltPath[]): Promise<Results> {
    const told = answer.kind === 'results' ? answer.results : undefined;
    if (!this.#outputs.areFloating) return told;
    const built = paths.filter(({ drvPath }) => {
      const status = statusIn(answer, drvPath);
      return status !== undefined && isGood(status);
    });
    const { client, lease } = this.#options;
    return built.length === 0 ? told : await lease.store.build(built, 'normal', client.hear);
  }

  /** @returns what can be built there, now that all it needs is there */
  async #upload(onQueued: () => void): Promise<readonly BuiltPath[]> {
    const { plan, client, lease, remote, copyInputs } = this.#options;
    const inputs = { copyInputs, ...remote.inputs };
    const { store: local, signal } = client;
    const keys = plan.remote.map(({ drvPath }) => drvPath);
    try {
      const failures = await upload(
        { local, remote: lease.store, inputs, observe: () => undefined, signal, onQueued },
        keys,
      );
      this.#tracker.requested(); // now, at the latest, the daemon turns to it
      for (const [drvPath, { message }] of failures) {
        await this.#warn(`building ${drvPath} on this machine: ${message}`);
      }
      return plan.remote.filter(({ drvPath }) => !failures.has(drvPath));
    } catch (error) {
      lease.store.close(toError(error)); // a build may have been asked for already
      throw error;
    }
  }

  /** A rebuild compares with what is there, so that has to be there first; and a repair is one of the store here. */
  async #request(store: Store, paths: readonly BuiltPath[]): Promise<Answer> {
    const { operation, mode } = this.#options.request;
    this.#options.onAsked();
    this.#tracker.requested();
    const built = await requestBuild(store, operation, paths, 'normal', this.#hear);
    if (mode !== 'check' || !isGoodAnswer(built)) return built;
    const rebuilt = await requestBuild(store, operation, paths, 'check', this.#hear);
    if (!isGoodAnswer(rebuilt)) return rebuilt;
    return comparedWithLocal(rebuilt, this.#wanted, this.#options.client.store, store);
  }

  readonly #hear = (event: DaemonEvent): Promise<void> | undefined => {
    this.#tracker.hear(event);
    this.#failures.hear(event);
    return this.#options.client.hear(event);
  };

  async #warn(text: string): Promise<void> {
    this.#options.onNotice(text);
    await this.#options.client.hear({ kind: 'message', text: `warning: ${text}` });
  }

  /** What became of each derivation, for whoever shows it. */
  #report(answer: Answer, paths: readonly BuiltPath[]): void {
    const { onBuild } = this.#options;
    const roots = new Map(
      paths.map(({ drvPath }) => [drvPath, statusIn(answer, drvPath) ?? 'failed'] as const),
    );
    for (const [drvPath, status] of roots) {
      onBuild({ drvPath, status, seconds: this.#tracker.secondsOf(drvPath) });
    }
    const failed = this.#failures.in(answer);
    for (const [drvPath, seconds] of this.#tracker.finished) {
      if (roots.has(drvPath)) continue;
      onBuild({ drvPath, status: failed.has(drvPath) ? 'failed' : 'built', seconds });
    }
  }
}

/** Opens both ends of a request's copies. */
async function openCopyStores({
  openLocal,
  sessions,
  client,
}: OffloadedRequestOptions): Promise<CopyStores> {
  const lease = await sessions.acquire(NO_OPTIONS, DEFAULT_LOGGING, client.signal);
  try {
    const { store: to } = await openLocal();
    return { from: lease.store, to, release: () => lease.release() };
  } catch (error) {
    lease.release();
    throw error;
  }
}

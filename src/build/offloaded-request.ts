import type { DerivedPath } from '../domain/derived-path.ts';
import { toError } from '../domain/errors.ts';
import type { DrvPath } from '../domain/store-path.ts';
import type { Answer } from '../offload/take-over.ts';
import { ActivityTracker } from './activity-tracker.ts';
import { endBuilds } from './cancel.ts';
import type { CopyStores } from './copy-back.ts';
import { DEFAULT_LOGGING } from './daemon-options.ts';
import { NamedFailures } from './named-failures.ts';
import { mergedAnswer, requestBuild, statusIn } from './offload-answers.ts';
import { OffloadedLogs } from './offloaded-logs.ts';
import { OffloadedOutputs } from './offloaded-outputs.ts';
import type { BuiltPath } from './offload-plan.ts';
import { RemotePart, type OffloadedRequestOptions } from './remote-part.ts';
import { NO_OPTIONS } from './remote-sessions.ts';
import { requestedResults } from './requested-results.ts';
import { wantedOutputs, type Outputs } from './wanted-outputs.ts';

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
  readonly #outputs: OffloadedOutputs;
  readonly #there: RemotePart;

  constructor(
    options: OffloadedRequestOptions,
    logs: OffloadedLogs,
    wanted: ReadonlyMap<DrvPath, Outputs>,
  ) {
    this.#options = options;
    this.#logs = logs;
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
    this.#there = new RemotePart(options, {
      tracker: this.#tracker,
      failures: this.#failures,
      wanted,
      areFloating: this.#outputs.areFloating,
    });
  }

  async answer(): Promise<Answer> {
    const { client, plan, request, lease } = this.#options;
    const { answer, results, paths } = await this.#whileCancellable(() => this.#there.build());
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

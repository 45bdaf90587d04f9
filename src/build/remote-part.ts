import type { DaemonEvent } from '../domain/activity.ts';
import { toError } from '../domain/errors.ts';
import { isGood } from '../domain/outcome.ts';
import type { DrvPath } from '../domain/store-path.ts';
import type { Answer, BuildRequest, OffloadClient } from '../offload/take-over.ts';
import type { DerivationClosure } from '../store/derivation-closure.ts';
import type { Store } from '../store/store.ts';
import type { ActivityTracker } from './activity-tracker.ts';
import type { NamedFailures } from './named-failures.ts';
import { isGoodAnswer, requestBuild, statusIn } from './offload-answers.ts';
import type { OffloadOptions } from './offload-engine.ts';
import type { Results } from './offloaded-outputs.ts';
import type { BuiltPath, OffloadPlan } from './offload-plan.ts';
import { comparedWithLocal } from './rebuilt-outputs.ts';
import type { Lease, RemoteSessions } from './remote-sessions.ts';
import type { Remote } from './remote.ts';
import { upload } from './upload.ts';
import type { Outputs } from './wanted-outputs.ts';

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

export interface OffloadedRequestOptions extends Omit<OffloadOptions, 'remotes'>, RequestParts {
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

/** What follows the builds, and what is known of them before. */
export interface BuildWatch {
  readonly tracker: ActivityTracker;
  readonly failures: NamedFailures;
  readonly wanted: ReadonlyMap<DrvPath, Outputs>;
  /** Whether a path is known only from results. */
  readonly areFloating: boolean;
}

/** The part of a client's request that the remote builds: derivations go up, and what is told of the builds goes to the client. */
export class RemotePart {
  readonly #options: OffloadedRequestOptions;
  readonly #watch: BuildWatch;

  constructor(options: OffloadedRequestOptions, watch: BuildWatch) {
    this.#options = options;
    this.#watch = watch;
  }

  /** @throws ActionError for what kept the remote from building at all */
  async build(): Promise<BuiltThere> {
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
    if (!this.#watch.areFloating) return told;
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
      this.#watch.tracker.requested(); // now, at the latest, the daemon turns to it
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
    this.#watch.tracker.requested();
    const built = await requestBuild(store, operation, paths, 'normal', this.#hear);
    if (mode !== 'check' || !isGoodAnswer(built)) return built;
    const rebuilt = await requestBuild(store, operation, paths, 'check', this.#hear);
    if (!isGoodAnswer(rebuilt)) return rebuilt;
    return comparedWithLocal(rebuilt, this.#watch.wanted, this.#options.client.store, store);
  }

  readonly #hear = (event: DaemonEvent): Promise<void> | undefined => {
    this.#watch.tracker.hear(event);
    this.#watch.failures.hear(event);
    return this.#options.client.hear(event);
  };

  async #warn(text: string): Promise<void> {
    this.#options.onNotice(text);
    await this.#options.client.hear({ kind: 'message', text: `warning: ${text}` });
  }
}

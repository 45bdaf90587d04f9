import { isGood } from '../../domain/outcome.ts';
import { signed } from '../../domain/signing-key.ts';
import type { StorePath } from '../../domain/store-path.ts';
import type { EvaluatedAttribute } from '../../nix/evaluation.ts';
import { copyClosure } from '../../store/copy-closure.ts';
import type { Store } from '../../store/store.ts';
import { isCopied, unmatchedGlobs } from '../copy-selection.ts';
import { outputCandidates } from '../output-candidates.ts';
import { Remote } from '../remote.ts';
import { NO_OPTIONS } from '../remote-sessions.ts';
import type { Connected } from '../site.ts';
import type { StepContext } from '../step-request.ts';
import type { TargetResult } from '../target.ts';
import { keyOf } from '../targets.ts';
import { pushByNix } from './nix-push.ts';
import { PushQueue, type PushItem, type Send } from './push-queue.ts';
import type { PushReport, PushRequest, PushStore } from './push-request.ts';
import { PushSource } from './source.ts';

export interface PushingOptions {
  readonly request: PushRequest;
  readonly context: StepContext;
  readonly attributes: readonly EvaluatedAttribute[];
  /** What Nix calls the local store. */
  readonly localUri: string;
  /** Closed when the step ends. */
  readonly opened: AsyncDisposableStack;
}

type Named = Exclude<EvaluatedAttribute, { readonly kind: 'failed' }>;

/** One store, the attributes for it, and what goes there from each place. */
interface Destination {
  readonly store: PushStore;
  readonly names: ReadonlyMap<StorePath, readonly string[]>;
  readonly queues: Map<string, PushQueue>;
  target: Promise<Store> | undefined;
}

/** Pushes outputs to stores, from wherever they were built, while others build. */
export class Pushing {
  readonly #options: PushingOptions;
  readonly #destinations: readonly Destination[];
  readonly #sources = new Map<string, PushSource>();

  constructor(options: PushingOptions) {
    this.#options = options;
    const { request, attributes, context } = options;
    const there = attributes.filter((each): each is Named => each.kind !== 'failed');
    const all = attributes.map(({ attribute }) => attribute);
    this.#destinations = request.stores.map((store) => {
      for (const glob of unmatchedGlobs(store.selection, all)) {
        const text = `push-to: ${store.label}: no attribute matches '${glob}'`;
        context.observe({ kind: 'warning', text });
      }
      const wanted = there.filter(({ attribute }) => isCopied(store.selection, attribute));
      const groups = Map.groupBy(wanted, keyOf);
      const names = new Map(
        [...groups].map(([key, of]) => [key, of.map((each) => each.attribute)]),
      );
      return { store, names, queues: new Map<string, PushQueue>(), target: undefined };
    });
  }

  /** Outputs of a target may be there, or are. */
  enqueue(connected: Connected, item: PushItem): void {
    if (item.outputs.length === 0) return;
    for (const destination of this.#destinations) {
      if (destination.names.has(item.key)) this.#queueOf(destination, connected).enqueue(item);
    }
  }

  /** Waits for all pushes of what is good. */
  async finish(results: ReadonlyMap<StorePath, TargetResult>): Promise<readonly PushReport[]> {
    return Promise.all(this.#destinations.map((each) => this.#finishOne(each, results)));
  }

  async #finishOne(
    { store, names, queues }: Destination,
    results: ReadonlyMap<StorePath, TargetResult>,
  ): Promise<PushReport> {
    const errors = await Promise.all([...queues.values()].map((queue) => queue.finish()));
    const isThere = (key: StorePath): boolean =>
      [...queues.values()].some(({ pushed }) => pushed.has(key));
    const good = [...names].filter(([key]) => isGood(results.get(key)?.status ?? 'cancelled'));
    const named = (isPushed: boolean): readonly string[] =>
      good.filter(([key]) => isThere(key) === isPushed).flatMap(([, of]) => of);
    const [pushed, failed] = [named(true), named(false)];
    const error = failed.length === 0 ? undefined : errors.find((each) => each !== undefined);
    return {
      store: store.label,
      pushed,
      failed,
      error,
      isRequired: this.#options.request.isRequired,
    };
  }

  #queueOf(destination: Destination, connected: Connected): PushQueue {
    const { label } = connected.place;
    const known = destination.queues.get(label);
    if (known) return known;
    const queue = new PushQueue(this.#sender(destination, this.#sourceOf(connected)));
    destination.queues.set(label, queue);
    return queue;
  }

  #sourceOf(connected: Connected): PushSource {
    const { label } = connected.place;
    const { localUri, context, opened } = this.#options;
    const source =
      this.#sources.get(label) ?? new PushSource({ connected, localUri, context, opened });
    this.#sources.set(label, source);
    return source;
  }

  #sender(destination: Destination, source: PushSource): Send {
    return async (items) => {
      const present = await source.present(items);
      if (present.length === 0) return [];
      const { way } = destination.store;
      await (way.kind === 'daemon'
        ? this.#copy(destination, source, present)
        : this.#copyByNix(destination, way.uri, source, present));
      return present.map(({ key }) => key);
    };
  }

  async #copyByNix(
    { store }: Destination,
    uri: string,
    source: PushSource,
    items: readonly PushItem[],
  ): Promise<void> {
    const { request, context } = this.#options;
    const { signal, temporaryDirectory: workingDirectory } = context;
    const from = { uri: await source.uri(), label: source.label };
    const env = { ...context.env, ...request.env };
    const { signingKey } = request;
    const push = {
      from,
      to: { uri, label: store.label },
      signingKey,
      env,
      workingDirectory,
      signal,
    };
    await pushByNix(
      push,
      items.flatMap(({ outputs }) => outputs),
    );
  }

  async #copy(
    destination: Destination,
    source: PushSource,
    items: readonly PushItem[],
  ): Promise<void> {
    const { request, context } = this.#options;
    const { signingKey } = request;
    const { paths: candidates } = await outputCandidates(items.map(({ key }) => key));
    const from = await source.session();
    const valid = await from.queryValidPaths([...candidates]);
    await copyClosure({
      from,
      to: await this.#targetOf(destination),
      near: 'source',
      roots: items.flatMap(({ outputs }) => outputs),
      candidates: valid,
      check: 'no-signature-check',
      restate: signingKey && ((info) => signed(info, signingKey)),
      signal: context.signal,
    });
  }

  /** A session with the store that is pushed to; another after one was lost. */
  async #targetOf(destination: Destination): Promise<Store> {
    const known = await destination.target?.catch(() => undefined);
    if (known?.isOpen === true) return known;
    destination.target = this.#openTarget(destination.store);
    return destination.target;
  }

  async #openTarget({ way }: PushStore): Promise<Store> {
    if (way.kind !== 'daemon') throw new TypeError('a binary cache has no sessions');
    const { context, opened } = this.#options;
    const { access, signal } = context;
    const remote = await Remote.connect({ uri: way.uri, access, options: NO_OPTIONS }, signal);
    opened.defer(() => remote.close());
    const session = await remote.openSession();
    opened.defer(() => session.close());
    return session;
  }
}

import { toError } from '../domain/errors.ts';
import type { Evaluation } from '../nix/evaluation.ts';
import { identifyEvaluation, type Identity } from './evaluation-identity.ts';
import { digestOfChoice, KnownEvaluations, type KnownEvaluation } from './known-evaluations.ts';
import type { StepContext, StepRequest } from './step-request.ts';
import { chooseSystems, type SystemChoice } from './systems.ts';
import type { StoreConnections } from './store-connections.ts';
import { askForOutputs, whereUnchanged, type Unchanged } from './unchanged.ts';

/** What a step knows of evaluations of earlier runs, and leaves to later ones. Nothing of it rejects. */
export class EvaluationMemory {
  /** What an earlier run has kept of the same evaluation. */
  readonly known: Promise<KnownEvaluation | undefined>;
  /** What makes evaluating unnecessary, if anything does. Found out beside connecting, and beside evaluating. */
  readonly unchanged: Promise<Unchanged | undefined>;
  readonly #request: StepRequest;
  readonly #context: StepContext;
  readonly #stores: StoreConnections;
  readonly #identity: Promise<Identity>;
  #after: Promise<Identity> | undefined;

  constructor(request: StepRequest, context: StepContext, stores: StoreConnections) {
    this.#request = request;
    this.#context = context;
    this.#stores = stores;
    this.#identity = this.#identify();
    this.known = this.#find().catch(() => undefined);
    this.unchanged = this.#look().catch(() => undefined);
  }

  /** An evaluation has ended: looks whether what it hangs on is still the same, beside building. */
  evaluated(): void {
    this.#after ??= this.#identity.then((before) =>
      before.kind === 'known' ? this.#identify() : before,
    );
  }

  /** Keeps an evaluation for later runs, unless what it hangs on has changed under it, as a lock file that Nix has completed. */
  async keep(evaluation: Evaluation): Promise<void> {
    const [before, after] = await Promise.all([this.#identity, this.#after]);
    if (before.kind !== 'known' || after?.kind !== 'known') return;
    if (before.fingerprint !== after.fingerprint) return;
    try {
      await this.#evaluationsOf(after.fingerprint).keep(evaluation, await this.#choice());
    } catch {
      // A later run evaluates then, as this one did.
    }
  }

  async #find(): Promise<KnownEvaluation | undefined> {
    const identity = await this.#identity;
    if (identity.kind === 'obstacle') {
      this.#context.observe({ kind: 'not-skipped', why: identity.why });
    }
    if (identity.kind !== 'known') return undefined;
    const guess = this.#choose(this.#stores.systems.named);
    return this.#evaluationsOf(identity.fingerprint).find(guess);
  }

  async #look(): Promise<Unchanged | undefined> {
    const known = await this.known;
    if (!known) return undefined;
    const { connected, sessions } = this.#stores;
    // Beside connecting: the question goes out with a session's first words.
    const asking = askForOutputs(known.evaluation, sessions);
    const [places, choice, valid] = await Promise.all([connected, this.#choice(), asking]);
    if (known.systems !== digestOfChoice(choice)) return undefined;
    return whereUnchanged(known.evaluation, places, valid);
  }

  #identify(): Promise<Identity> {
    return identifyEvaluation(this.#request, this.#context).catch(unknownFor);
  }

  #evaluationsOf(fingerprint: string): KnownEvaluations {
    return new KnownEvaluations(this.#context.kept, fingerprint, this.#request.installables);
  }

  async #choice(): Promise<SystemChoice> {
    const { named, offered } = this.#stores.systems;
    return this.#choose(named.length > 0 ? named : await offered);
  }

  #choose(systems: Parameters<typeof chooseSystems>[1]): SystemChoice {
    return chooseSystems(this.#request.system, systems, this.#context.runnerSystem);
  }
}

function unknownFor(thrown: unknown): Identity {
  return { kind: 'obstacle', why: toError(thrown).message };
}

import type { AttrPath } from '../domain/attr-path.ts';
import { ActionError } from '../domain/errors.ts';
import type { NixError } from './log-line.ts';
import { isCovered, Outline, type Unit } from './outline.ts';
import type { WalkEvent, WalkPlace } from './walk-events.ts';
import { type WalkEntry, WalkReport, type WalkResult } from './walk-report.ts';
import type { WalkWorker } from './walk-worker.ts';

/** Hears of each derivation once, as soon as it is evaluated. */
export type OnDerivation = (id: number, attrPath: AttrPath, entry: WalkEntry) => void;

/** What the processes of a walk have found out, and what is left for them to do. */
export class WalkLedger {
  readonly report = new WalkReport();
  readonly outline: Outline;
  /** See `WalkRequest.requirePure`. */
  isImpure = false;
  readonly #onDerivation: OnDerivation | undefined;
  /** To be tried once more, alone. */
  readonly #retries = new Set<Unit>();

  /** @param ids the items */
  constructor(ids: readonly number[], onDerivation: OnDerivation | undefined) {
    this.outline = new Outline(ids);
    this.#onDerivation = onDerivation;
  }

  /** Takes what a process says; one that is of no use any more is stopped. */
  hear(worker: WalkWorker, event: WalkEvent): void {
    switch (event.event) {
      case 'begin':
        this.#begin(worker, event);
        break;
      case 'names':
        this.outline.enter(event.place, event.names);
        break;
      case 'explain':
        worker.current = { place: event.place, definition: undefined, isExplained: true };
        break;
      case 'passed-over':
        for (const system of event.systems) this.report.passedOver.add(system);
        break;
      case 'impure':
        this.isImpure = true;
        break;
      case 'end':
        worker.current = undefined;
        break;
      case 'caught':
      case 'found':
      case 'missing':
      case 'derivation':
      case 'set':
      case 'other':
        this.#add(worker, event);
    }
  }

  /**
   * Charges the attribute that a process was at with its end.
   * @param wasKilled whether that may be somebody else's fault: then the attribute is tried again, once
   * @returns what somebody has to go on with
   */
  charge(worker: WalkWorker, error: NixError, wasKilled: boolean): Unit | undefined {
    const { current } = worker;
    if (current === undefined) return undefined;
    if (current.isExplained) {
      this.report.explain(current.place, error);
      return undefined;
    }
    const unit = this.#unitAt(current.place);
    const isSecond = worker.isAlone && unit === worker.start;
    if (unit.state === 'done') return unit.next; // another process had more luck
    if (wasKilled && !isSecond) this.#setAside(unit);
    else {
      unit.state = 'done';
      this.report.fail(current.place, error, current.definition);
    }
    return unit.next;
  }

  /**
   * What a process was at that had to make place for others is tried again.
   * @returns what somebody has to go on with
   */
  putOff({ current }: WalkWorker): Unit | undefined {
    if (current === undefined || current.isExplained) return undefined;
    const unit = this.#unitAt(current.place);
    if (unit.state !== 'done') this.#setAside(unit);
    return unit.next;
  }

  /** A process that was for this one only did not even get to it. */
  fail(unit: Unit, error: NixError): void {
    unit.state = 'done';
    this.report.fail(unit.place, error, undefined);
  }

  /** What is to be tried again next. */
  retry(): Unit | undefined {
    for (const unit of this.#retries) {
      this.#retries.delete(unit);
      if (unit.state === 'done') continue; // by who was at it as well
      unit.state = 'pending';
      return unit;
    }
    return undefined;
  }

  /** Nobody gets to what is left. */
  failRest(error: NixError): void {
    for (const unit of [...this.outline.free(), ...this.#retries]) this.fail(unit, error);
  }

  /**
   * What a process that walked past it did not even begin, none would.
   * @throws ActionError `internal`
   */
  assertBegun(unit: Unit): void {
    if (unit.state === 'pending' && !this.isImpure) throw lost(unit.place);
  }

  #begin(worker: WalkWorker, { place, position }: WalkEvent & { event: 'begin' }): void {
    // On the way down to where it starts, it looks up again what that is in.
    const { id, path } = worker.start.place;
    if (place.path === null && place.id === id && path !== null && path.length > 0) return;
    const unit = this.#unitAt(place);
    if (isCovered(unit, worker)) worker.stop('covered');
    else if (worker.isWornOut) worker.wearOut(unit);
    else worker.begin(unit, { place, definition: position, isExplained: false });
  }

  #add(worker: WalkWorker, event: WalkResult): void {
    const entry = this.report.add(event, worker.current?.definition);
    if (event.event === 'found') return; // it is still at the same unit
    worker.current = undefined;
    const place = event.event === 'missing' ? { id: event.id, path: null } : event.place;
    const unit = this.#unitAt(place);
    unit.state = 'done';
    if (event.event !== 'set') worker.count();
    const { attrPath } = this.report.item(place.id);
    if (entry && attrPath) this.#onDerivation?.(place.id, attrPath, entry);
  }

  #setAside(unit: Unit): void {
    unit.state = 'set-aside';
    this.#retries.add(unit);
  }

  #unitAt(place: WalkPlace): Unit {
    const unit = this.outline.at(place);
    if (unit) return unit;
    throw lost(place);
  }
}

function lost(place: WalkPlace): ActionError {
  return new ActionError('internal', `the evaluation is lost at ${JSON.stringify(place)}`);
}

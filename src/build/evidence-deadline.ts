import { setImmediate } from 'node:timers/promises';
import type { Known } from '../plan/units.ts';

/**
 * A point in time after which nothing is waited for any more. What is not known by then, or cannot be found out, is `unknown`: evidence
 * fails no step, and whatever is wrong is told by who needs it to work.
 */
export class Deadline implements Disposable {
  readonly #passed: Promise<'unknown'>;
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number) {
    const { promise, resolve } = Promise.withResolvers<'unknown'>();
    this.#passed = promise;
    this.#timer = setTimeout(() => resolve('unknown'), milliseconds);
  }

  /** An answer that has come already is taken also when it is late. */
  async known<T>(answer: Promise<T>): Promise<Known<T>> {
    const safe = answer.catch((): 'unknown' => 'unknown');
    return Promise.race([safe, this.#passed.then((passed) => setImmediate(passed))]);
  }

  /** The same for something that is not always there. */
  async defined<T>(answer: Promise<T | undefined>): Promise<Known<T>> {
    return (await this.known(answer)) ?? 'unknown';
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

import { ActionError } from '../domain/errors.ts';

/** Aborts when GitHub cancels the job: it sends SIGINT, SIGTERM 7.5 s later and SIGKILL 2.5 s after that. */
export class Cancellation implements Disposable {
  readonly #controller = new AbortController();
  readonly #onSignal = (): void => {
    this.#controller.abort(new ActionError('cancelled', 'The workflow was cancelled'));
  };

  constructor() {
    process.on('SIGINT', this.#onSignal);
    process.on('SIGTERM', this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onSignal);
    process.off('SIGTERM', this.#onSignal);
  }
}

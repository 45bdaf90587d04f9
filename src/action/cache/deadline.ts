/** Milliseconds that are waited. */
export interface Limits {
  readonly totalMs: number;
  /** Without a sign of life; default: no other limit. */
  readonly silentMs?: number | undefined;
}

/** Ends what listens to its signal: after so long in all, after so long without news, and with its own end. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #over = new AbortController();
  readonly #total: NodeJS.Timeout;
  readonly #silence: NodeJS.Timeout | undefined;

  constructor({ totalMs, silentMs }: Limits, outer?: AbortSignal) {
    const { signal } = this.#over;
    this.signal = outer ? AbortSignal.any([outer, signal]) : signal;
    this.#total = this.#endAfter(totalMs, 'it was not done within');
    this.#silence =
      silentMs === undefined ? undefined : this.#endAfter(silentMs, 'nothing was heard for');
  }

  /** Something came, or went. */
  heard(): void {
    if (!this.signal.aborted) this.#silence?.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#total);
    clearTimeout(this.#silence);
    this.#over.abort(new Error('nobody waits for it any more'));
  }

  #endAfter(ms: number, text: string): NodeJS.Timeout {
    return setTimeout(() => this.#over.abort(new Error(`${text} ${ms / 1000} s`)), ms);
  }
}

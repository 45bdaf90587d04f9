/** Milliseconds that are waited. */
export interface Limits {
  readonly totalMs: number;
  /** Without a sign of life; default: as long as in all. */
  readonly silentMs?: number | undefined;
}

/** Ends what listens to its signal: after so long in all, after so long without news, and with its own end. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #over = new AbortController();
  readonly #timers: readonly NodeJS.Timeout[];

  constructor({ totalMs, silentMs = totalMs }: Limits, outer?: AbortSignal) {
    const { signal } = this.#over;
    this.signal = outer ? AbortSignal.any([outer, signal]) : signal;
    const end = (text: string) => () => this.#over.abort(new Error(text));
    this.#timers = [
      setTimeout(end(`no answer for ${silentMs / 1000} s`), silentMs),
      setTimeout(end(`not done within ${totalMs / 1000} s`), totalMs),
    ];
  }

  /** Something came, or went. */
  heard(): void {
    if (!this.signal.aborted) this.#timers[0]?.refresh();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#over.abort(new Error('nobody waits for it any more'));
  }
}

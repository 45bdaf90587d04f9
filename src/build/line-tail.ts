/** How much of a text is kept. */
export interface TailLimits {
  readonly lines: number;
  readonly characters: number;
}

/** The last lines of a text of any length. */
export class LineTail {
  readonly #limits: TailLimits;
  readonly #lines: string[] = [];
  /** Of those in `#lines` that are kept no more. */
  #first = 0;
  #characters = 0;
  #dropped = 0;

  constructor(limits: TailLimits) {
    this.#limits = limits;
  }

  /** A line that is too long by itself is cut. */
  push(line: string): void {
    const { lines, characters } = this.#limits;
    const longest = Math.ceil(characters / 4);
    // A part of a string would keep all of it in memory.
    const kept =
      line.length > longest ? Buffer.from(`${line.slice(0, longest)}…`).toString() : line;
    this.#lines.push(kept);
    this.#characters += kept.length;
    while (this.#lines.length - this.#first > lines || this.#characters > characters) {
      this.#characters -= this.#lines[this.#first]?.length ?? 0;
      this.#first += 1;
      this.#dropped += 1;
    }
    if (this.#first > lines) {
      this.#lines.splice(0, this.#first);
      this.#first = 0;
    }
  }

  clear(): void {
    this.#lines.length = 0;
    this.#first = 0;
    this.#characters = 0;
    this.#dropped = 0;
  }

  get lines(): readonly string[] {
    return this.#lines.slice(this.#first);
  }

  /** How many lines came before these. */
  get dropped(): number {
    return this.#dropped;
  }
}

import { ActionError, type ErrorCode } from './errors.ts';

/** What is wrong with one text, all of it: a person corrects everything at once. */
export class Complaints {
  readonly #code: ErrorCode;
  readonly #input: string;
  readonly #list: { readonly message: string; readonly hint: string | undefined }[] = [];

  /** @param input what is read, for the error's message */
  constructor(code: ErrorCode, input: string) {
    this.#code = code;
    this.#input = input;
  }

  /**
   * @param message what is wrong and where: `line 3, maxJobs: …`
   * @param hint what to do
   */
  add(message: string, hint?: string): void {
    this.#list.push({ message, hint });
  }

  /** Runs what throws an ActionError for bad input; that becomes a complaint, and the answer undefined. */
  attempt<T>(parse: () => T, where?: string): T | undefined {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      this.add(`${where === undefined ? '' : `${where}: `}${error.message}`, error.hint);
      return undefined;
    }
  }

  /** @throws ActionError with the only complaint, or one that lists them all with their hints. */
  finish(): void {
    const [first, ...others] = this.#list;
    if (first === undefined) return;
    if (others.length === 0) {
      throw new ActionError(this.#code, `${this.#input}: ${first.message}`, { hint: first.hint });
    }
    const all = this.#list.map(({ message, hint }) =>
      hint === undefined ? message : `${message} (${hint})`,
    );
    throw new ActionError(this.#code, `${this.#input}: ${all.length} mistakes: ${all.join('; ')}`);
  }
}

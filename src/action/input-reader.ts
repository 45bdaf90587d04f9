import { ActionError } from '../domain/errors.ts';

/** Reads one input's text, as GitHub hands it over: trimmed, empty if not given. */
export type ReadInput = (name: string) => string;

/**
 * Parses inputs one by one and keeps every complaint, so that a person sees all of them at once.
 * Values returned beside a complaint are placeholders: {@link InputReader.finish} throws before anyone uses them.
 */
export class InputReader {
  readonly #read: ReadInput;
  readonly #complaints: ActionError[] = [];

  constructor(read: ReadInput) {
    this.#read = read;
  }

  text(name: string): string {
    return this.#read(name);
  }

  /** Lines that hold something, trimmed. */
  lines(name: string): readonly string[] {
    return this.text(name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }

  /** YAML's core booleans, as `core.getBooleanInput` takes them. */
  boolean(name: string): boolean | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    if (/^(true|True|TRUE)$/.test(text)) return true;
    if (/^(false|False|FALSE)$/.test(text)) return false;
    this.complain(name, `'${text}' is not valid`, 'Allowed: true, false.');
    return undefined;
  }

  /** One of these words; the first if nothing is given. */
  choice<const T extends string>(name: string, allowed: readonly [T, ...T[]]): T {
    const text = this.text(name);
    const chosen = text === '' ? allowed[0] : allowed.find((word) => word === text);
    if (chosen !== undefined) return chosen;
    this.complain(name, `'${text}' is not valid`, `Allowed: ${allowed.join(', ')}.`);
    return allowed[0];
  }

  /** A whole number from 0 on; `unit` is named when it is refused. */
  count(name: string, unit: string): number | undefined {
    const text = this.text(name);
    if (text === '') return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
    this.complain(name, `'${text}' is not valid`, `Allowed: a whole number of ${unit}, 0 or more.`);
    return undefined;
  }

  /** Lines of the form `name = value`, as in nix.conf. */
  settings(name: string): ReadonlyMap<string, string> {
    const settings = new Map<string, string>();
    for (const line of this.lines(name)) {
      const match = /^([\w-]+)\s*=\s*(.*)$/.exec(line);
      if (match?.[1] === undefined || match[2] === undefined) {
        this.complain(name, `line '${line}' is not valid`, 'Write one `name = value` per line.');
      } else {
        settings.set(match[1], match[2]);
      }
    }
    return settings;
  }

  /** Parses with a function that throws; what it throws becomes this input's complaint. */
  parse<T>(name: string, parser: () => T): T | undefined {
    try {
      return parser();
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      const { code, hint } = error;
      const message = error.message.replace(new RegExp(`^${name}: `), '');
      this.#complaints.push(
        new ActionError(code, `Input '${name}': ${message}`, { hint, cause: error }),
      );
      return undefined;
    }
  }

  complain(name: string, message: string, hint: string): void {
    this.#complaints.push(
      new ActionError('input-invalid', `Input '${name}': ${message}`, { hint }),
    );
  }

  /** @throws the only complaint, or one that lists them all. */
  finish(): void {
    const [first, ...others] = this.#complaints;
    if (!first) return;
    if (others.length === 0) throw first;
    const list = this.#complaints.map(
      (error) => `${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`,
    );
    throw new ActionError('input-invalid', `${list.length} inputs are wrong: ${list.join('; ')}`);
  }
}

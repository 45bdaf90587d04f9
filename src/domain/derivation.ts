import { ActionError } from './errors.ts';
import {
  type DrvPath,
  isStorePath,
  parseDrvPath,
  parseStorePath,
  type StorePath,
} from './store-path.ts';

/** What a `.drv` file says. */
export interface Derivation {
  /** Output name → path; `undefined` for one that is known only after building (floating content-addressed). */
  readonly outputs: ReadonlyMap<string, StorePath | undefined>;
  /** Derivations whose outputs it needs, and which of them. */
  readonly inputDrvs: ReadonlyMap<DrvPath, readonly string[]>;
  readonly inputSrcs: readonly StorePath[];
  readonly system: string;
  readonly builder: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}

/**
 * Parses the ATerm text of a `.drv` file (Nix's `parseDerivation`).
 * @param name what the text is, for errors: usually its path
 * @throws ActionError `unsupported-derivation` for a dynamic derivation, or for what is not a derivation
 */
export function parseDerivation(text: string, name: string): Derivation {
  if (text.startsWith('DrvWithVersion(')) {
    throw new ActionError('unsupported-derivation', `${name} is a dynamic derivation`, {
      hint: 'Its inputs are outputs of derivations that are only made while building (experimental feature dynamic-derivations). Build it with nix itself.',
    });
  }
  try {
    return new DerivationParser(text).parse();
  } catch (error) {
    throw new ActionError(
      'unsupported-derivation',
      `${name} is not a derivation that Nix would write`,
      {
        cause: error,
      },
    );
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** A recursive descent over `Derive([…],[…],[…],"…","…",[…],[…])`. */
class DerivationParser {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Derivation {
    this.#expect('Derive(');
    const outputs = new Map(this.#list(() => this.#output()));
    this.#expect(',');
    const inputDrvs = new Map(this.#list(() => this.#inputDrv()));
    this.#expect(',');
    const inputSrcs = this.#strings().map(parseStorePath);
    this.#expect(',');
    const system = this.#string();
    this.#expect(',');
    const builder = this.#string();
    this.#expect(',');
    const args = this.#strings();
    this.#expect(',');
    const env = new Map(this.#list(() => this.#variable()));
    this.#expect(')');
    if (this.#position !== this.#text.length) throw this.#unexpected('the end');
    return { outputs, inputDrvs, inputSrcs, system, builder, args, env };
  }

  /** `(name, path, hash algorithm, hash)`; a path that is not known yet is empty. */
  #output(): [string, StorePath | undefined] {
    this.#expect('(');
    const name = this.#string();
    this.#expect(',');
    const path = this.#string();
    this.#expect(',');
    this.#string();
    this.#expect(',');
    this.#string();
    this.#expect(')');
    return [name, isStorePath(path) ? path : undefined];
  }

  #inputDrv(): [DrvPath, string[]] {
    this.#expect('(');
    const path = parseDrvPath(this.#string());
    this.#expect(',');
    const outputs = this.#strings();
    this.#expect(')');
    return [path, outputs];
  }

  #variable(): [string, string] {
    this.#expect('(');
    const name = this.#string();
    this.#expect(',');
    const value = this.#string();
    this.#expect(')');
    return [name, value];
  }

  #strings(): string[] {
    return this.#list(() => this.#string());
  }

  #list<T>(item: () => T): T[] {
    this.#expect('[');
    const items: T[] = [];
    if (this.#takeIf(']')) return items;
    do items.push(item());
    while (this.#takeIf(','));
    this.#expect(']');
    return items;
  }

  #string(): string {
    this.#expect('"');
    let text = '';
    for (let start = this.#position; ; this.#position++) {
      const character = this.#text[this.#position];
      if (character === undefined) throw this.#unexpected('the end of a string');
      if (character !== '"' && character !== '\\') continue;
      text += this.#text.slice(start, this.#position);
      this.#position += 1;
      if (character === '"') return text;
      const escaped = this.#text[this.#position] ?? '';
      text += ESCAPES[escaped] ?? escaped;
      start = this.#position + 1;
    }
  }

  #takeIf(text: string): boolean {
    if (!this.#text.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }

  #expect(text: string): void {
    if (!this.#takeIf(text)) throw this.#unexpected(JSON.stringify(text));
  }

  #unexpected(expected: string): Error {
    return new Error(`at character ${this.#position}: ${expected} expected`);
  }
}

/** The system features that a builder must have: of the environment, or of structured attributes. */
export function requiredSystemFeatures({ env }: Pick<Derivation, 'env'>): readonly string[] {
  const structured = env.get('__json');
  if (structured === undefined) {
    return (env.get('requiredSystemFeatures') ?? '').split(/\s+/).filter((word) => word !== '');
  }
  const attributes: unknown = JSON.parse(structured);
  const isObject = typeof attributes === 'object' && attributes !== null;
  const features: unknown =
    isObject && 'requiredSystemFeatures' in attributes ? attributes.requiredSystemFeatures : [];
  return Array.isArray(features) ? features.filter((each) => typeof each === 'string') : [];
}

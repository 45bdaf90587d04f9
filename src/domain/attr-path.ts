import { ActionError } from './errors.ts';

/** Attribute names from the outside in: `['packages', 'x86_64-linux', 'hello']`. */
export type AttrPath = readonly string[];

/**
 * Parses an attribute path as Nix does (attr-path.cc, `parseAttrPath`): names are separated by dots, double quotes keep
 * dots together and know no escapes, and a single empty name at the end is dropped (`a.` is `a`).
 * @throws ActionError `input-invalid` when a quote is not closed.
 */
export function parseAttrPath(text: string): AttrPath {
  const names: string[] = [];
  let name = '';
  let quoted = false;
  for (const character of text) {
    if (character === '"') {
      quoted = !quoted;
    } else if (character === '.' && !quoted) {
      names.push(name);
      name = '';
    } else {
      name += character;
    }
  }
  if (quoted) {
    throw new ActionError(
      'input-invalid',
      `the attribute path ${JSON.stringify(text)} lacks a closing quote`,
    );
  }
  return name === '' ? names : [...names, name];
}

// What needs no quotes in a fragment or after `-A`; more than Nix's identifiers, as `7zip` and `gtk+` need none there.
const PLAIN_NAME = /^[A-Za-z0-9_][A-Za-z0-9_'+-]*$/;

/** Prints an attribute path so that `nix build` reads it back; only a name with a `"` in it cannot be written at all. */
export function printAttrPath(path: AttrPath): string {
  return path.map((name) => (PLAIN_NAME.test(name) ? name : `"${name}"`)).join('.');
}

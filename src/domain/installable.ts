import type { AttrPath } from './attr-path.ts';
import { parseAttrPath } from './attr-path.ts';
import type { OutputSelection } from './derived-path.ts';
import { ActionError } from './errors.ts';
import type { StorePath } from './store-path.ts';
import { STORE_DIR, isStorePath } from './store-path.ts';

/** What installables are looked up in. */
export type InstallableScope = 'flake' | 'attributes';

/** Something to build, as the user wrote it (`text`) and as Nix reads it. */
export type Installable = FlakeInstallable | AttributeInstallable | StorePathInstallable;

interface WrittenInstallable {
  /** As written, trimmed. */
  readonly text: string;
  /** What follows `^`; `undefined` leaves the choice to the derivation. */
  readonly outputs: OutputSelection | undefined;
}

/** `FLAKE#attribute.path^outputs`. */
export interface FlakeInstallable extends WrittenInstallable {
  readonly kind: 'flake';
  /** What stands before `#`, for Nix to resolve. */
  readonly flakeRef: string;
  /** What stands between `#` and `^`, percent-decoded. */
  readonly fragment: string;
}

/** An attribute path in a file or expression. */
export interface AttributeInstallable extends WrittenInstallable {
  readonly kind: 'attribute';
  readonly attrPath: AttrPath;
}

/** `/nix/store/…`, or `/nix/store/….drv^outputs`. */
export interface StorePathInstallable extends WrittenInstallable {
  readonly kind: 'store-path';
  readonly path: StorePath;
}

/**
 * Parses one installable, as `nix build` of Nix 2.34 does; the `^outputs` are ours to read, so that Nix 2.8, which does not
 * know them, builds the same.
 * @throws ActionError `input-invalid`, naming the text and what is wrong with it.
 */
export function parseInstallable(text: string, scope: InstallableScope): Installable {
  const written = text.trim();
  const { rest, outputs } = splitOutputs(written);
  if (scope === 'attributes') {
    if (withoutQuoted(rest).includes('#')) throw notAnAttributePath(written);
    const attrPath = rest === '.' ? [] : parseAttrPath(rest);
    return { kind: 'attribute', text: written, attrPath, outputs };
  }
  const path = storePathOf(rest);
  if (path !== undefined) {
    return { kind: 'store-path', text: written, path, outputs };
  }
  // A folder's name may have a blank, an attribute path only within quotes.
  if (/#.*\s/.test(withoutQuoted(rest))) throw severalOnOneLine(written);
  const [flakeRef, fragment] = splitFragment(rest);
  parseAttrPath(fragment); // an unclosed quote is reported now, not by a Nix process
  return { kind: 'flake', text: written, flakeRef, fragment, outputs };
}

/**
 * The attribute paths that `nix build` tries for a fragment, first match wins (installables.cc,
 * `getDefaultFlakeAttrPaths` and `getDefaultFlakeAttrPathPrefixes`). A leading dot asks for exactly that path.
 */
export function flakeCandidates(fragment: string, system: string): readonly AttrPath[] {
  if (fragment === '') {
    return [
      ['packages', system, 'default'],
      ['defaultPackage', system],
    ];
  }
  if (fragment.startsWith('.')) {
    return [parseAttrPath(fragment.slice(1))];
  }
  const path = parseAttrPath(fragment);
  return [['packages', system, ...path], ['legacyPackages', system, ...path], path];
}

function withoutQuoted(text: string): string {
  return text.replaceAll(/"[^"]*"/g, '');
}

function notAnAttributePath(text: string): ActionError {
  return new ActionError(
    'input-invalid',
    `installable ${JSON.stringify(text)} names a flake, but file or expr is given`,
    {
      hint: `Write the attribute path alone, as in ${text.slice(text.indexOf('#') + 1) || 'hello'}.`,
    },
  );
}

function severalOnOneLine(text: string): ActionError {
  return new ActionError('input-invalid', `installable ${JSON.stringify(text)} has a blank in it`, {
    hint: 'Write one installable per line; a blank in an attribute name needs quotes.',
  });
}

// outputs-spec.cc: what follows the last `^` is `*` or names as the store allows them, with commas between.
const OUTPUTS = /^[0-9a-zA-Z+\-._?=]+(,[0-9a-zA-Z+\-._?=]+)*$/;

function splitOutputs(text: string): { rest: string; outputs: OutputSelection | undefined } {
  const caret = text.lastIndexOf('^');
  if (caret === -1) {
    return { rest: text, outputs: undefined };
  }
  const selection = text.slice(caret + 1);
  const rest = text.slice(0, caret);
  if (selection === '*') {
    return { rest, outputs: 'all' };
  }
  if (!OUTPUTS.test(selection)) {
    throw new ActionError(
      'input-invalid',
      `installable ${JSON.stringify(text)}: ${JSON.stringify(selection)} after ^ is not a list of outputs`,
      { hint: 'Write ^out,dev for some outputs, or ^* for all.' },
    );
  }
  return { rest, outputs: [...new Set(selection.split(','))].sort() };
}

function splitFragment(text: string): [flakeRef: string, fragment: string] {
  const hash = text.indexOf('#');
  if (hash === -1) {
    return [text, ''];
  }
  return [text.slice(0, hash), percentDecode(text.slice(hash + 1), text)];
}

function percentDecode(text: string, installable: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ActionError(
      'input-invalid',
      `installable ${JSON.stringify(installable)}: the % in its attribute path does not begin a code such as %20`,
      { cause, hint: 'Write %25 for a percent sign.' },
    );
  }
}

/** The store path that a text lies in, as `nix build /nix/store/…-hello/bin` takes it; not for `…#attribute` or `…?dir=`. */
function storePathOf(text: string): StorePath | undefined {
  if (!text.startsWith(`${STORE_DIR}/`) || /[#?]/.test(text)) {
    return undefined;
  }
  const path = text.split('/', 4).join('/');
  return isStorePath(path) ? path : undefined;
}

import { ActionError } from './errors.ts';

/** A whole path in the store, `/nix/store/<hash>-<name>`, checked. */
export type StorePath = string & { readonly __brand: 'StorePath' };

/** A {@link StorePath} whose name ends in `.drv`. */
export type DrvPath = StorePath & { readonly __drv: true };

export const STORE_DIR = '/nix/store';

// Nix's base-32 has no e, o, t, u; a name has at most 211 characters (path.cc, `checkName`).
const STORE_PATH = /^\/nix\/store\/[0-9abcdfghijklmnpqrsvwxyz]{32}-[0-9a-zA-Z+\-._?=]{1,211}$/;

/**
 * Parses a store path.
 * @throws ActionError `path-invalid` for anything else, a path inside a store path included.
 */
export function parseStorePath(text: string): StorePath {
  if (!isStorePath(text)) {
    throw new ActionError('path-invalid', `${JSON.stringify(text)} is not a path of ${STORE_DIR}`);
  }
  return text;
}

export function isStorePath(text: string): text is StorePath {
  return STORE_PATH.test(text);
}

/** Like {@link parseStorePath}, for a derivation. */
export function parseDrvPath(text: string): DrvPath {
  const path = parseStorePath(text);
  if (!isDrvPath(path)) {
    throw new ActionError(
      'path-invalid',
      `${path} is not a derivation: its name does not end in .drv`,
    );
  }
  return path;
}

export function isDrvPath(path: StorePath): path is DrvPath {
  return path.endsWith('.drv');
}

/** The part after the hash: `hello-2.12` of `/nix/store/…-hello-2.12`. */
export function storePathName(path: StorePath): string {
  return path.slice(STORE_DIR.length + 1 + 33);
}

/** What follows the store's folder: `<hash>-<name>`. */
export function storePathBase(path: StorePath): string {
  return path.slice(STORE_DIR.length + 1);
}

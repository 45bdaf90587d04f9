import path from 'node:path';
import type { Installable } from '../domain/installable.ts';

/** The folder on this machine that a flake reference points to; `undefined` if it is fetched from elsewhere. */
export function localFolder(flakeRef: string, workingDirectory: string): string | undefined {
  const location = flakeRef.replace(/\?.*$/s, '');
  if (location === '' || /^[./]/.test(location)) {
    return path.resolve(workingDirectory, location);
  }
  const scheme = /^(?:path|git\+file):/.exec(location);
  return scheme === null
    ? undefined
    : path.resolve(workingDirectory, decode(location.slice(scheme[0].length).replace(/^\/\//, '')));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Nix will say what is wrong with it
  }
}

/** The folders on this machine that Nix code is evaluated from. */
export function evaluatedFolders({
  installables,
  workingDirectory,
}: {
  readonly installables: readonly Installable[];
  readonly workingDirectory: string;
}): readonly string[] {
  const flakes = installables.flatMap((each) =>
    each.kind === 'flake' ? (localFolder(each.flakeRef, workingDirectory) ?? []) : [],
  );
  return [...new Set([...flakes, workingDirectory])];
}

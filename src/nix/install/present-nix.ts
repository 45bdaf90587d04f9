import { findProgram } from '../find-program.ts';

/** A Nix that is there without us. */
export interface PresentNix {
  /** Where its programs are. */
  readonly folder: string;
  readonly isOnPath: boolean;
}

/** Looks on PATH, then where installers put it: a runner that was started before Nix was installed has an older PATH. */
export async function findPresentNix(
  env: Readonly<Record<string, string>>,
): Promise<PresentNix | undefined> {
  const onPath = await findProgram('nix', env['PATH'] ?? '');
  if (onPath !== undefined) return { folder: folderOf(onPath), isOnPath: true };
  const elsewhere = await findProgram('nix', installedFolders(env).join(':'));
  return elsewhere === undefined ? undefined : { folder: folderOf(elsewhere), isOnPath: false };
}

function folderOf(program: string): string {
  return program.slice(0, program.lastIndexOf('/'));
}

function installedFolders(env: Readonly<Record<string, string>>): readonly string[] {
  const home = env['HOME'];
  return [
    '/nix/var/nix/profiles/default/bin',
    '/run/current-system/sw/bin',
    ...(home === undefined ? [] : [`${home}/.nix-profile/bin`]),
  ];
}

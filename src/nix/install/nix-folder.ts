import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { ActionError, toError } from '../../domain/errors.ts';
import { findProgram } from '../find-program.ts';
import { runProgram, type ProgramContext } from './program.ts';

/** Every release has this path compiled in. */
export const NIX_FOLDER = '/nix';

/** Whose Nix it will be. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** What must be this user's for Nix to work without a daemon. */
const PARTS = ['', '/store', '/var', '/var/nix', '/var/nix/db'];

/**
 * Makes /nix this user's: as it is, or by making it, or, if it is empty, by changing its owner. For that it takes root, or `sudo -n`.
 * @throws ActionError `install-failed` where it cannot be
 */
export async function openNixFolder(owner: Owner, context: ProgramContext): Promise<void> {
  const state = await stateOf(NIX_FOLDER);
  switch (state) {
    case 'writable':
      return requireParts();
    case 'read-only':
      throw readOnly();
    case 'absent':
      return make(owner, context);
    case 'foreign':
      return take(owner, context);
  }
}

type FolderState = 'absent' | 'writable' | 'foreign' | 'read-only';

async function stateOf(folder: string): Promise<FolderState> {
  try {
    await access(folder, constants.R_OK | constants.W_OK);
    return 'writable';
  } catch (error) {
    return STATES.get(codeOf(error)) ?? 'foreign';
  }
}

const STATES: ReadonlyMap<string, FolderState> = new Map([
  ['ENOENT', 'absent'],
  ['EROFS', 'read-only'],
]);

/** A store that others own below a folder of ours is no store of ours. */
async function requireParts(): Promise<void> {
  for (const part of PARTS) {
    const state = await stateOf(NIX_FOLDER + part);
    if (state === 'read-only') throw readOnly();
    if (state === 'foreign') throw foreign(NIX_FOLDER + part);
  }
}

async function make(owner: Owner, context: ProgramContext): Promise<void> {
  try {
    await mkdir(NIX_FOLDER, 0o755);
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'EROFS') throw readOnly(toError(thrown));
    if (code === 'EEXIST') return;
    const ids = ['-o', String(owner.uid), '-g', String(owner.gid)];
    await asRoot(['install', '-d', '-m', '0755', ...ids, NIX_FOLDER], 'make', context);
  }
}

async function take({ uid, gid }: Owner, context: ProgramContext): Promise<void> {
  const isEmpty = await readdir(NIX_FOLDER).then(
    (names) => names.length === 0,
    () => false,
  );
  if (!isEmpty) throw foreign(NIX_FOLDER);
  await asRoot(['chown', `${uid}:${gid}`, NIX_FOLDER], 'own', context);
}

async function asRoot(
  command: readonly string[],
  what: string,
  context: ProgramContext,
): Promise<void> {
  const sudo = await findProgram('sudo', context.env['PATH'] ?? '');
  const failed = (why: string): ActionError =>
    new ActionError('install-failed', `cannot ${what} ${NIX_FOLDER}: ${why}`, {
      hint:
        `Run \`${command.join(' ')}\` as root before, in the image or on the machine; or allow this user to use sudo ` +
        'without a password.',
    });
  if (sudo === undefined) throw failed('this user may not, and there is no sudo');
  const { exitCode, words } = await runProgram(sudo, ['-n', '--', ...command], context);
  if (exitCode === 0) return;
  if (/Read-only file system/i.test(words)) throw readOnly();
  // It may say before that it does not know the host's own name.
  throw failed(`this user may not, and sudo says: ${words.replace(/^.*sudo: /, '')}`);
}

function readOnly(cause?: Error): ActionError {
  return new ActionError('install-failed', `cannot write to ${NIX_FOLDER}: it is read-only`, {
    hint: 'Mount a folder that can be written to there, or use an image with Nix in it.',
    cause,
  });
}

function foreign(folder: string): ActionError {
  return new ActionError('install-failed', `${folder} is there, and is not this user's`, {
    hint:
      'Another Nix seems to be installed: put it on PATH (its daemon serves this user, too) and leave out nix-version and install-nix, ' +
      'or give the folder to this user.',
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

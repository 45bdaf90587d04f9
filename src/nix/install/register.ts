import { mkdir, open, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { ActionError, toError } from '../../domain/errors.ts';
import { NIX_FOLDER } from './nix-folder.ts';
import { runProgram, type ProgramContext } from './program.ts';
import type { Release } from './release.ts';

const STORE = `${NIX_FOLDER}/store`;

/** Garbage collection keeps what links here lead to, and Nix's programs are found through them. */
const ROOTS = `${NIX_FOLDER}/var/nix/gcroots/nix-remote-build`;

/** Where an installed release is found. The first link is made last: it says that all is there. */
export interface InstalledPaths {
  readonly nix: string;
  readonly programs: string;
  readonly certificates: string;
}

export function installedPaths({ name }: Pick<Release, 'name'>): InstalledPaths {
  const nix = `${ROOTS}/${name}`;
  return {
    nix,
    programs: `${nix}/bin`,
    certificates: `${nix}-cacert/etc/ssl/certs/ca-bundle.crt`,
  };
}

/** Whether all of a release is there, from an earlier job for example. */
export async function isInstalled(release: Release): Promise<boolean> {
  return stat(`${installedPaths(release).programs}/nix`).then(
    (found) => found.isFile(),
    () => false,
  );
}

/**
 * Moves an unpacked release into the store, registers it, and links to it. However often, and however far the time before got: each path
 * is moved in one go, and is only counted as valid once all are there.
 * @param unpacked the folder that the tarball was unpacked in, on the file system of the store
 * @throws ActionError `install-failed` for what is no release
 */
export async function register(
  unpacked: string,
  release: Release,
  context: ProgramContext,
): Promise<void> {
  const folder = await topFolder(unpacked);
  const { nix, cacert } = await rootsOf(folder);
  await Promise.all([STORE, ROOTS].map((each) => mkdir(each, { recursive: true })));
  await moveAll(path.join(folder, 'store'), context);
  await loadRegistration(path.join(folder, '.reginfo'), `${nix}/bin/nix-store`, context);
  const links = installedPaths(release);
  if (cacert !== undefined) await link(cacert, `${links.nix}-cacert`);
  await link(nix, links.nix);
}

/** The layout of NixOS/nix, packaging/binary-tarball.nix: one folder with `install`, `.reginfo` and `store`. */
async function topFolder(unpacked: string): Promise<string> {
  const [top, ...others] = await readdir(unpacked);
  if (top === undefined || others.length > 0) throw notARelease('it has not one folder at its top');
  return path.join(unpacked, top);
}

/** Its installer's script names Nix itself and the certificates among all that is in the store. */
async function rootsOf(
  folder: string,
): Promise<{ readonly nix: string; readonly cacert: string | undefined }> {
  const script = await readFile(path.join(folder, 'install'), 'utf8').catch(() => {
    throw notARelease('it has no installer');
  });
  const named = (variable: string): string | undefined =>
    new RegExp(`^${variable}="(${STORE}/[0-9a-z]{32}-[\\w+.?=-]+)"$`, 'm').exec(script)?.[1];
  const nix = named('nix');
  if (nix === undefined) throw notARelease('its installer names no Nix');
  return { nix, cacert: named('cacert') };
}

function notARelease(why: string): ActionError {
  return new ActionError('install-failed', `the tarball is no release of Nix: ${why}`, {
    hint: 'Check nix-install-url: it is to be nix-VERSION-SYSTEM.tar.xz as releases.nixos.org has it.',
  });
}

async function moveAll(from: string, context: ProgramContext): Promise<void> {
  const moved: string[] = [];
  for (const name of await readdir(from)) {
    const target = path.join(STORE, name);
    if (await moveInto(path.join(from, name), target)) moved.push(target);
  }
  if (moved.length === 0) return;
  const { exitCode, words } = await runProgram('chmod', ['-R', 'a-w', '--', ...moved], context);
  if (exitCode !== 0) throw failed(`cannot make store paths read-only: ${words}`);
}

/** @returns false if it was there */
async function moveInto(source: string, target: string): Promise<boolean> {
  if (await exists(target)) return false;
  try {
    await rename(source, target);
    return true;
  } catch (error) {
    // Another job was quicker.
    if (await exists(target)) return false;
    throw failed(`cannot move ${path.basename(target)} into ${STORE}: ${toError(error).message}`);
  }
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function loadRegistration(
  file: string,
  nixStore: string,
  context: ProgramContext,
): Promise<void> {
  const registration = await open(file).catch(() => {
    throw notARelease('it has no registration');
  });
  try {
    const { exitCode, words } = await runProgram(
      nixStore,
      ['--store', 'local', '--load-db'],
      context,
      registration.fd,
    );
    if (exitCode !== 0) throw failed(`cannot register Nix in its store: ${words}`);
  } finally {
    await registration.close();
  }
}

async function link(target: string, name: string): Promise<void> {
  const fresh = `${name}.${process.pid}`;
  await rm(fresh, { force: true });
  await symlink(target, fresh);
  await rename(fresh, name);
}

function failed(text: string): ActionError {
  if (/No space left on device|ENOSPC|disk is full/.test(text)) {
    return new ActionError('disk-full', text, { hint: 'Nix takes about 500 MB in /nix.' });
  }
  return new ActionError('install-failed', text, {
    hint: 'Look at /nix on the runner: is it whole, and this user’s?',
  });
}

import { ActionError, asActionError } from '../../domain/errors.ts';
import type { Kept } from '../../domain/kept.ts';
import type { ProgramContext } from './program.ts';
import type { ToolCache } from './downloads.ts';
import { openNixFolder, type Owner } from './nix-folder.ts';
import { isInstalled, register } from './register.ts';
import type { Release } from './release.ts';
import { suppliesOf, type Supply } from './supplies.ts';
import { makeUnpackFolder, removeUnpacked } from './unpack-folder.ts';
import { unpack, type Archive } from './unpack.ts';

/** Where and by whom Nix is installed. */
export interface InstallContext extends ProgramContext {
  readonly tools: ToolCache;
  readonly kept: Kept;
  readonly owner: Owner;
  /** A folder of the job's own, for downloads. */
  readonly temporaryDirectory: string;
  /** Whether the next job may run on this very machine: then it finds the tarball again. */
  readonly isMachineKept: boolean;
  /** Hears, in lines for people, how it goes. */
  readonly tell: (line: string) => void;
  /** Hears of a folder that has to be removed, should this process be killed. */
  readonly onFolder: (folder: string) => void;
}

/** Milliseconds for all of it, however slowly it goes on. It takes seconds. */
const LIMIT = 600_000;

/**
 * Installs a release as this user's own: no daemon, no build users, no profile. Where all of it is there, nothing is done.
 * @throws ActionError `install-failed`, `download-failed`, `checksum-mismatch`, `disk-full`, `cancelled`
 */
export async function install(release: Release, context: InstallContext): Promise<void> {
  if (await isInstalled(release)) {
    context.tell(`Nix ${release.version} is installed already`);
    return;
  }
  const limit = AbortSignal.timeout(LIMIT);
  const inner = { ...context, signal: AbortSignal.any([context.signal, limit]) };
  try {
    await openNixFolder(inner.owner, inner);
    for (const supply of suppliesOf(release, inner)) {
      if (await installFrom(supply, release, inner)) return;
    }
  } catch (error) {
    throw limit.aborted && !context.signal.aborted ? tookTooLong(error) : error;
  }
}

function tookTooLong(cause: unknown): ActionError {
  return new ActionError(
    'install-failed',
    `installing Nix took longer than ${LIMIT / 60_000} min`,
    {
      hint: 'Is the server very slow, or the disk? Set nix-install-url to a nearer mirror, or install Nix in an earlier step.',
      cause,
    },
  );
}

/** @returns whether it is installed now */
async function installFrom(
  supply: Supply,
  release: Release,
  context: InstallContext,
): Promise<boolean> {
  const start = performance.now();
  try {
    const archive = await supply.get();
    if (!archive) return false;
    await installArchive(archive, release, context, supply.copy);
    const seconds = (performance.now() - start) / 1000;
    context.tell(`installed Nix ${release.version} from ${supply.name} in ${seconds.toFixed(1)} s`);
    await keep(supply, archive, context);
    return true;
  } catch (thrown) {
    const { code, message } = asActionError(thrown);
    if (!supply.isSpare || code === 'disk-full' || context.signal.aborted) throw thrown;
    context.tell(`Nix cannot be installed from ${supply.name}: ${message}`);
    return false;
  }
}

/** For later jobs; this one has what it needs. */
async function keep(supply: Supply, archive: Archive, { tell }: InstallContext): Promise<void> {
  await supply.keep(archive).catch((error: unknown) => {
    tell(`Nix is not kept for later jobs: ${asActionError(error).message}`);
  });
}

async function installArchive(
  archive: Archive,
  release: Release,
  context: InstallContext,
  copy: string | undefined,
): Promise<void> {
  const folder = await makeUnpackFolder();
  context.onFolder(folder);
  try {
    await unpack(archive, folder, context, copy);
    await register(folder, release, context);
  } finally {
    await removeUnpacked(folder);
  }
}

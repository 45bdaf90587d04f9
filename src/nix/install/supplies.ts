import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fetchRelease, requireHash, toolName } from './fetch-release.ts';
import type { InstallContext } from './install.ts';
import { shownUrl, type Release } from './release.ts';
import { requireUnpackers, type Archive } from './unpack.ts';

/** Where the archive of a release comes from. */
export interface Supply {
  /** For people. */
  readonly name: string;
  /** Undefined if it is not there. */
  readonly get: () => Promise<Archive | undefined>;
  /** Whether another takes its place if this one is damaged. */
  readonly isSpare: boolean;
  /** Where unpacking leaves a copy of it, packed anew. */
  readonly copy: string | undefined;
  /** Called after it was installed. */
  readonly keep: (archive: Archive) => Promise<void>;
}

/** All of a release, the best first: the last one always is there, or says why it is not. */
export function suppliesOf(release: Release, context: InstallContext): readonly Supply[] {
  return [keptSupply(release, context), machineSupply(release, context), remote(release, context)];
}

/** Packed as zstd, which is unpacked several times as fast, and without a program for it. */
function keptSupply(release: Release, { kept, temporaryDirectory }: InstallContext): Supply {
  const file = path.join(temporaryDirectory, `${release.name}.tar.zst`);
  return {
    name: 'the cache',
    get: async () => {
      const found = await kept.findFile(keptKey(release), file);
      return found === undefined ? undefined : { file, compression: 'zstd' };
    },
    isSpare: true,
    copy: undefined,
    keep: () => remove(file),
  };
}

function machineSupply(release: Release, context: InstallContext): Supply {
  const { tools, signal } = context;
  const { sha256 } = release;
  return {
    name: 'the tool cache',
    get: async () => {
      const file = await tools.find(toolName(release), release.version);
      if (file === undefined) return undefined;
      if (sha256 !== undefined) await requireHash(file, sha256, path.basename(file), signal);
      await requireUnpackers(context);
      return { file, compression: 'xz' };
    },
    isSpare: true,
    copy: undefined,
    keep: () => Promise.resolve(),
  };
}

function remote(release: Release, context: InstallContext): Supply {
  const { tools, kept, temporaryDirectory, isMachineKept, signal } = context;
  const copy = kept.isSealed
    ? path.join(temporaryDirectory, `${release.name}.copy.tar.zst`)
    : undefined;
  return {
    name: shownUrl(release.url),
    get: async () => {
      await requireUnpackers(context);
      const file = await fetchRelease(release, tools, temporaryDirectory, signal);
      return { file, compression: 'xz' };
    },
    isSpare: false,
    copy,
    keep: async ({ file }) => {
      // Nobody waits for it.
      if (copy !== undefined) {
        void kept.keepFile(keptKey(release), copy).then(() => remove(copy));
      }
      if (isMachineKept) await tools.keep(file, toolName(release), release.version);
      if (path.dirname(file) === temporaryDirectory) await remove(file);
    },
  };
}

/** What stays is only in the way, and goes with the job's temporary folder. */
async function remove(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
}

/** With the expected SHA-256, where there is one: only what passed that check is kept under it. */
function keptKey(release: Release): string {
  return `${toolName(release)}-${release.name}`;
}

import { createHash, randomUUID } from 'node:crypto';
import { copyFile, mkdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { SYSTEM } from './flakes.ts';
import { startNixHost } from './nix-host.ts';
import { cacheFolder, type Suite } from './rootfs.ts';

/** A release of Nix of our own making, in a file of this machine. */
export interface MadeRelease {
  readonly version: string;
  /** `nix-2.34.8-x86_64-linux.tar.xz` */
  readonly fileName: string;
  readonly file: string;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

const SCRIPT = path.join(import.meta.dirname, 'make-release.sh');

/**
 * Makes a tarball of the layout that releases.nixos.org has (NixOS/nix, packaging/binary-tarball.nix), from Debian's Nix and all the
 * libraries that it is linked with. It is no release: no real one was tried here, for none can be had. What differs is what is in the
 * store: two paths without references in place of some eighty with them, and programs that are scripts around Debian's.
 */
export async function makeRelease(suite: Suite = 'sid'): Promise<MadeRelease> {
  await using host = await startNixHost({ suite, nix: 'root-owned', name: 'release' });
  const { nixVersion: version } = host.root;
  const fileName = `nix-${version}-${SYSTEM}.tar.xz`;
  const script = await readFile(SCRIPT, 'utf8');
  const recipe = createHash('sha256').update(script).update(host.root.path).digest('hex');
  const file = path.join(cacheFolder(), `release-${recipe.slice(0, 12)}`, fileName);
  if (!(await exists(file))) {
    await host.write('/', { 'make-release.sh': script });
    await host.output(['sh', '/make-release.sh', version, SYSTEM]);
    await mkdir(path.dirname(file), { recursive: true });
    const fresh = `${file}.${randomUUID()}`;
    await copyFile(host.path(`/release/${fileName}`), fresh);
    await rename(fresh, file);
  }
  const sha256 = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  return { version, fileName, file, sha256 };
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

import type { System } from '../domain/system.ts';
import { INSTALL_POLICIES, type NixWanted } from '../nix/install/plan.ts';
import {
  parseInstallSource,
  parseReleaseVersion,
  versionOfTarball,
  type InstallSource,
} from '../nix/install/release.ts';
import type { InputReader } from './input-reader.ts';

/** Which Nix the runner is to have, of the inputs `install-nix`, `nix-version` and `nix-install-url`. */
export function readNixWanted(reader: InputReader, system: System): NixWanted {
  const policy = reader.choice('install-nix', INSTALL_POLICIES);
  const text = reader.text('nix-version');
  const asked =
    text === '' ? undefined : reader.parse('nix-version', () => parseReleaseVersion(text));
  const source = readSource(reader);
  if (source && policy === 'never') {
    const hint = 'Leave one of the two out.';
    reader.complain('nix-install-url', 'means nothing with install-nix: never', hint);
  }
  const version = source?.kind === 'tarball' ? ofTarball(reader, source, asked, system) : asked;
  return { policy, version, source };
}

function readSource(reader: InputReader): InstallSource | undefined {
  const text = reader.text('nix-install-url');
  if (text === '') return undefined;
  return reader.parse('nix-install-url', () => parseInstallSource(text));
}

function ofTarball(
  reader: InputReader,
  { url }: InstallSource,
  asked: string | undefined,
  system: System,
): string | undefined {
  const named = reader.parse('nix-install-url', () => versionOfTarball(url, system));
  if (named === undefined && asked === undefined) {
    const hint = 'Set nix-version, or keep the name nix-VERSION-SYSTEM.tar.xz.';
    reader.complain('nix-install-url', 'does not say of which version that tarball is', hint);
  }
  if (named !== undefined && asked !== undefined && named !== asked) {
    const hint = 'Leave nix-version out, or name another tarball.';
    reader.complain('nix-version', `is ${asked}, and nix-install-url is of ${named}`, hint);
  }
  return asked ?? named;
}

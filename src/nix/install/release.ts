import { ActionError } from '../../domain/errors.ts';
import type { System } from '../../domain/system.ts';
import { RELEASE_HASHES } from './release-hashes.ts';

/**
 * What is installed where nobody asks for a version. Pinned: what a job installs must not change by itself, nor wait for a look-up. This
 * one is the newest that all tests here run on. From 2.34 on Nix unpacks what it fetches on all cores, and `nix copy --from ssh-ng://`,
 * which later steps may use, keeps its connection (NixOS/nix#14998).
 */
export const DEFAULT_NIX_VERSION = '2.34.8';

const RELEASES = 'https://releases.nixos.org/nix';
const ARCHIVE = '.tar.xz';

/** Where a release comes from, as the input `nix-install-url` says it. */
export type InstallSource =
  /** A folder laid out like releases.nixos.org/nix. */
  | { readonly kind: 'base'; readonly url: string }
  | { readonly kind: 'tarball'; readonly url: string; readonly sha256: string | undefined };

/** A release of Nix for one system, and where its tarball is. */
export interface Release {
  /** `2.34.8` */
  readonly version: string;
  readonly system: System;
  /** `nix-2.34.8-x86_64-linux`: also the folder that all of the tarball is in. */
  readonly name: string;
  readonly url: string;
  /** Lower-case hexadecimal; undefined where it has to be fetched from beside the tarball. */
  readonly sha256: string | undefined;
  /** Whether this is Nix's own place for releases. */
  readonly isOfficial: boolean;
}

/**
 * Parses a version.
 * @throws ActionError `input-invalid` for what is no release from 2.8.0 on
 */
export function parseReleaseVersion(text: string): string {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+$/.exec(text) ?? [];
  if (Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 8)) return text;
  throw new ActionError('input-invalid', `'${text}' is not valid`, {
    hint: `Allowed: a release of Nix from 2.8.0 on, as three numbers, for example ${DEFAULT_NIX_VERSION}.`,
  });
}

/**
 * Parses where a release comes from: the URL of a tarball, with its SHA-256 after `#sha256=` if it is known, or of a folder of releases.
 * @throws ActionError `input-invalid`
 */
export function parseInstallSource(text: string): InstallSource {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['https:', 'http:', 'file:'].includes(url.protocol)) {
    throw invalidSource(`'${text}' is not valid`);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidSource('holds a login, which logs would show');
  }
  const [, sha256] = /^#sha256=([\da-f]{64})$/i.exec(url.hash) ?? [];
  const isTarball = url.pathname.endsWith(ARCHIVE);
  if (url.hash !== '' && (sha256 === undefined || !isTarball)) {
    throw invalidSource(`'${url.hash}' is not valid`);
  }
  url.hash = '';
  if (isTarball) return { kind: 'tarball', url: url.href, sha256: sha256?.toLowerCase() };
  if (/\.(?:tar|tgz|txz|zip)\b/.test(url.pathname)) {
    throw invalidSource(`'${text}' is an archive of another kind`);
  }
  return { kind: 'base', url: url.href.replace(/\/+$/, '') };
}

function invalidSource(message: string): ActionError {
  return new ActionError('input-invalid', message, {
    hint:
      `Allowed: an https, http or file URL of a release's ${ARCHIVE}, with #sha256=… (64 hexadecimal digits) if you like, ` +
      `or of a folder laid out like ${RELEASES}.`,
  });
}

/**
 * The version that a tarball is of, by its name; undefined if that says none.
 * @throws ActionError `input-invalid` for the tarball of another system
 */
export function versionOfTarball(url: string, system: System): string | undefined {
  const file = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  const [, version, other] = /^nix-(\d+\.\d+\.\d+)-(\w+-\w+)\.tar\.xz$/.exec(file) ?? [];
  if (other === undefined || other === system) return version;
  throw new ActionError('input-invalid', `${file} is for ${other}, and this runner is ${system}`, {
    hint: 'Name the folder that both are in, or the tarball for this system.',
  });
}

/** The systems whose releases are installed. */
export const INSTALLABLE: readonly string[] = ['x86_64-linux', 'aarch64-linux'];

/** The release of a version from a source; without one, from Nix's own place. */
export function releaseOf(
  version: string,
  system: System,
  source: InstallSource | undefined,
): Release {
  const name = `nix-${version}-${system}`;
  const known = { version, system, name };
  if (source?.kind === 'tarball') {
    return { ...known, url: source.url, sha256: source.sha256, isOfficial: false };
  }
  const url = `${source?.url ?? RELEASES}/nix-${version}/${name}${ARCHIVE}`;
  return { ...known, url, sha256: RELEASE_HASHES[name], isOfficial: source === undefined };
}

/** Where the SHA-256 of a tarball is told: beside it. */
export function hashUrl(url: string): string {
  const beside = new URL(url);
  beside.pathname += '.sha256';
  return beside.href;
}

/** A URL without what may be a secret: signed URLs have their signature in the query. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

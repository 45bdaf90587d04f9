/**
 * SHA-256 of release tarballs by their names, lower-case hexadecimal. Written by scripts/pin-nix-releases.ts, which the workflow
 * pin-nix-releases runs and offers as a pull request; never by hand. A release that is not here is checked against the `.sha256` beside it.
 */
export const RELEASE_HASHES: Readonly<Record<string, string>> = {};

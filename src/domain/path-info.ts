import type { StorePath } from './store-path.ts';

/** What a store knows of a valid path (Nix's `ValidPathInfo`). */
export interface PathInfo {
  readonly path: StorePath;
  readonly deriver: StorePath | undefined;
  /** SHA-256 of the NAR, 64 hexadecimal digits. */
  readonly narHash: string;
  /** Bytes of the NAR. */
  readonly narSize: number;
  /** May include the path itself. */
  readonly references: readonly StorePath[];
  /** Seconds since 1970; 0 if unknown. */
  readonly registrationTime: number;
  readonly ultimate: boolean;
  /** `name:base64`, as Nix prints them. */
  readonly signatures: readonly string[];
  /** Content address as Nix prints it (`text:sha256:…`, `fixed:r:sha256:…`), if the path has one. */
  readonly contentAddress: string | undefined;
}

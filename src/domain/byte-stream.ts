import type { Duplex } from 'node:stream';

/**
 * Where ssh/ and protocol/ meet: bytes to and from a program that speaks the worker protocol.
 */
export interface ByteStream {
  /**
   * Both directions. `destroy()` closes hard, which is what ends a remote build: a half-close (`end()`) on a daemon's
   * socket leaves the build running with its lock held (measured on 2.8.0 to 2.34.8).
   */
  readonly duplex: Duplex;
  /** What the far program printed beside the protocol (standard error), its last 8 KiB: for error texts. */
  diagnostics(): string;
}

/** A protocol version as it goes over the wire: `major << 8 | minor`. */
export type ProtocolVersion = number;

/**
 * What we say we speak. 1.38 adds nothing but an exchange of feature lists, which would cost a round trip: with 1.37 a client
 * can write its whole handshake, and its first requests, at once.
 */
export const ADVERTISED: ProtocolVersion = 0x125;

/** AddMultipleToStore exists since 1.32 (Nix 2.4). */
export const OLDEST: ProtocolVersion = 0x120;

/** First versions of what differs between 1.32 and 1.37. */
export const SINCE = {
  daemonVersion: 0x121,
  buildPathsWithResults: 0x122,
  trust: 0x123,
  cpuTimes: 0x125,
} as const;

/** `1.37` */
export function protocolText(version: ProtocolVersion): string {
  return `${version >> 8}.${version & 0xff}`;
}

/** Which Nix speaks an old protocol, for people: the last release of each. */
export function nixOfProtocol(version: ProtocolVersion): string {
  if (version >= 0x120) return 'Nix 2.4 or newer';
  if (version >= 0x115) return 'Nix 2.0 to 2.3';
  return 'Nix 1';
}

import { ROUND_TRIP_MS } from './side-by-side.ts';

/**
 * The fewest round trips that SSH and the worker protocol allow.
 * - connecting, 4: TCP; both versions with KEXINIT; the key exchange; service request with the signed authentication request
 * - a session, 2: opening a channel; handshake with the first query
 */
const CONNECT = 4;
const SESSION = 2;
/** NARs can be asked for when their path infos are here, not before. */
const NARS = 1;

/** Seconds at 40 ms of round trip, of a link without a limit to its rate. */
export function copyLimit(importSeconds: number): number {
  return ((CONNECT + SESSION + NARS) * ROUND_TRIP_MS) / 1000 + importSeconds;
}

/** A build by an open connection: derivations, request and questions for path infos go up in one write, and then the NARs are asked for. */
const BUILD = 1;

/** The same for a build on an open connection, which takes the builder itself so many seconds. */
export function offloadLimit(localSeconds: number): number {
  return ((BUILD + NARS) * ROUND_TRIP_MS) / 1000 + localSeconds;
}

/** The same for one query, which the builder itself answers in so many seconds. */
export function queryLimit(localSeconds: number): number {
  return ((CONNECT + SESSION) * ROUND_TRIP_MS) / 1000 + localSeconds;
}

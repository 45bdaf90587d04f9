import type { Greeting } from '../domain/daemon.ts';

/** What is told of a connection, for people: the remote's Nix, and how far away it is. */
export function connectionDetail({ nixVersion }: Greeting, roundTripMs: number): string {
  const nix = nixVersion === undefined ? 'Nix' : `Nix ${nixVersion}`;
  return `${nix}, ${roundTripMs.toFixed(0)} ms round trip`;
}

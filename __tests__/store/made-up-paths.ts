import type { PathInfo } from '../../src/domain/path-info.ts';
import { parseStorePath, type StorePath } from '../../src/domain/store-path.ts';

export function pathOf(number: number): StorePath {
  return parseStorePath(`/nix/store/${String(number).padStart(32, '0')}-p${number}`);
}

export function infoOf(number: number, references: readonly number[] = []): PathInfo {
  return {
    path: pathOf(number),
    deriver: undefined,
    narHash: '0'.repeat(64),
    narSize: 1,
    references: references.map(pathOf),
    registrationTime: 0,
    ultimate: false,
    signatures: [],
    contentAddress: undefined,
  };
}

/** Paths 0, 1, 2 …, each with the numbers of those it refers to. */
export function infosOf(edges: readonly (readonly number[])[]): Map<StorePath, PathInfo> {
  return new Map(edges.map((references, number) => [pathOf(number), infoOf(number, references)]));
}

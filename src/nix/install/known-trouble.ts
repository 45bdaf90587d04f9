interface Trouble {
  /** First and first-no-more, as major, minor, patch. */
  readonly from: readonly [number, number, number];
  readonly until: readonly [number, number, number];
  readonly what: string;
}

/** What plain `nix` commands of later steps run into; this action itself goes another way. */
const TROUBLES: readonly Trouble[] = [
  {
    ...{ from: [2, 15, 0], until: [2, 16, 0] },
    what: 'it hangs where ~/.ssh/config shares connections by ControlMaster (NixOS/nix#8329)',
  },
  {
    ...{ from: [2, 23, 0], until: [2, 34, 0] },
    what: '`nix copy --from ssh-ng://…` connects anew for every path (NixOS/nix#14998)',
  },
  {
    ...{ from: [2, 29, 0], until: [2, 34, 1] },
    what: '`nix build --store` fails for flakes without --eval-store (NixOS/nix#15418)',
  },
  {
    ...{ from: [2, 8, 0], until: [2, 32, 0] },
    what: 'it hangs with `max-connections` above 1 in the URI of a store (NixOS/nix#14615)',
  },
];

/** What is known to go wrong with a version of Nix, as a sentence that names it; undefined if nothing is. */
export function troubleOf(version: string): string | undefined {
  const known = TROUBLES.filter(
    ({ from, until }) => compare(version, from) >= 0 && compare(version, until) < 0,
  );
  if (known.length === 0) return undefined;
  return `Nix ${version} has known faults: ${known.map(({ what }) => what).join('; ')}.`;
}

function compare(version: string, other: readonly number[]): number {
  const parts = version.split('.').map(Number);
  for (const [index, number] of other.entries()) {
    const difference = (parts[index] ?? 0) - number;
    if (difference !== 0) return difference;
  }
  return 0;
}

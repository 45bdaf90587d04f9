/** An argument that is taken apart, with nothing in it but names: `outputs = { self, nixpkgs, ... }:`. */
const PATTERN = /\boutputs\s*=\s*\{(?<names>[\w\s,.'-]*)\}\s*:/;

/**
 * Whether a flake may see which commit it is: `self.rev`, `self.lastModified`. All that it has of itself is the argument `self` of
 * `outputs`. It surely sees nothing where that argument is taken apart, not kept whole (`inputs@{ … }`), and `self` is used nowhere.
 * @param text of flake.nix
 */
export function seesCommit(text: string): boolean {
  const [names, ...others] = [...text.matchAll(new RegExp(PATTERN, 'g'))];
  // A list is that of a derivation's outputs.
  const isOnlyOne = text.match(/\boutputs\b(?!\s*=\s*\[)/g)?.length === 1;
  if (!names || others.length > 0 || !isOnlyOne || text.includes('@')) return true;
  const inPattern = countSelf(names.groups?.['names'] ?? '');
  return countSelf(text) > inPattern;
}

function countSelf(text: string): number {
  return text.match(/\bself\b/g)?.length ?? 0;
}

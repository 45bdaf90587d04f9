/** A glob as the user wrote it. */
export interface AttributeGlob {
  readonly text: string;
  readonly matches: (name: string) => boolean;
}

/** Which attributes' outputs are wanted in the local store. */
export type CopySelection =
  | { readonly kind: 'none' | 'all' }
  | { readonly kind: 'matching'; readonly globs: readonly AttributeGlob[] };

/** Whether the outputs of an attribute, by its path as Nix prints it, are to be copied. */
export function isCopied(copy: CopySelection, attribute: string): boolean {
  if (copy.kind !== 'matching') return copy.kind === 'all';
  return copy.globs.some((glob) => matchesAttribute(glob, attribute));
}

/** The globs that match none of these attributes: most likely mistyped. */
export function unmatchedGlobs(
  copy: CopySelection,
  attributes: readonly string[],
): readonly string[] {
  if (copy.kind !== 'matching') return [];
  return copy.globs
    .filter((glob) => !attributes.some((attribute) => matchesAttribute(glob, attribute)))
    .map((glob) => glob.text);
}

/** A glob means the whole path, `checks.*.fmt`, or its end, `fmt`: nobody writes `packages.x86_64-linux.` to build `.#hello`. */
function matchesAttribute(glob: AttributeGlob, attribute: string): boolean {
  if (glob.matches(attribute)) return true;
  const path = attribute.replaceAll('"', '');
  const starts = [...path.matchAll(/\./g)].map(({ index }) => index + 1);
  return [0, ...starts].some((start) => glob.matches(path.slice(start)));
}

import type { AttrPath } from '../domain/attr-path.ts';

/** The order in which a walk gets to attributes: a set before what is in it, names by their bytes, as `builtins.attrNames` has them. */
export function inWalkOrder(a: AttrPath, b: AttrPath): number {
  for (const [index, name] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (name !== other) return Buffer.compare(Buffer.from(name), Buffer.from(other));
  }
  return a.length - b.length;
}

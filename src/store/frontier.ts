import type { PathInfos } from './closure.ts';
import type { StorePath } from '../domain/store-path.ts';

/**
 * Where the missing part of a closure ends: the paths at the destination that the roots are, or that missing paths refer to. As long as
 * they are kept, so is all below them.
 */
export function frontier(roots: readonly StorePath[], missing: PathInfos): readonly StorePath[] {
  const references = [...missing.values()].flatMap((info) => info.references);
  return [...new Set([...roots, ...references])].filter((path) => !missing.has(path));
}

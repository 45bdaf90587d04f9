/**
 * Of things that need each other, the chain whose weights add up to most, from what needs nothing to what nothing of it needs. What has no
 * weight is not in any chain. Takes no stack, however long the chain.
 */
export function longestChain<T>(
  weights: ReadonlyMap<T, number>,
  needs: (item: T) => Iterable<T>,
): readonly T[] {
  const best = new Map<T, { readonly weight: number; readonly before: T | undefined }>();
  const weightOf = (item: T | undefined): number =>
    item === undefined ? 0 : (best.get(item)?.weight ?? 0);
  for (const root of weights.keys()) {
    const path = [root];
    const entered = new Set<T>();
    for (let item = path.at(-1); item !== undefined; item = path.at(-1)) {
      const needed = [...needs(item)].filter((each) => weights.has(each));
      // What was entered and is not settled is needed in a circle: Nix has none, but a chain without an end would be one.
      const open = needed.filter((each) => !best.has(each) && !entered.has(each));
      if (!best.has(item) && !entered.has(item) && open.length > 0) {
        entered.add(item);
        path.push(...open);
        continue;
      }
      path.pop();
      if (best.has(item)) continue;
      entered.add(item);
      const before = heaviest(needed, weightOf);
      best.set(item, { weight: (weights.get(item) ?? 0) + weightOf(before), before });
    }
  }
  const chain: T[] = [];
  let last = heaviest([...best.keys()], weightOf);
  for (; last !== undefined; last = best.get(last)?.before) chain.push(last);
  return chain.reverse();
}

function heaviest<T>(items: readonly T[], weightOf: (item: T) => number): T | undefined {
  let found: T | undefined;
  for (const item of items) {
    if (found === undefined || weightOf(item) > weightOf(found)) found = item;
  }
  return found;
}

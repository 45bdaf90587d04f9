import type { BuildResult } from '../domain/build-result.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { storePathName, type DrvPath } from '../domain/store-path.ts';
import { derivedPathText } from '../protocol/derived-path.ts';

/**
 * Results of whatever stores, as the client's own daemon would give them: Nix's commands take their number and order as that of their
 * own version has them, and number their links by it.
 *
 * Since Nix 2.16 there is one for each path that was asked for, in that order; before, one for each derivation, in the order of their
 * names (`Store::buildPathsWithResults`, whose goals are a set ordered by `Goal::key()`). What was never started has none.
 *
 * @param nixVersion of the client's own daemon
 */
export function requestedResults(
  results: readonly BuildResult[],
  paths: readonly DerivedPath[],
  nixVersion: string | undefined,
): readonly BuildResult[] {
  if (isByRequest(nixVersion)) return paths.flatMap((path) => resultOf(path, results) ?? []);
  const keys = new Set(paths.map(goalKey));
  return [...keys].sort(byCodePoints).flatMap((key) => {
    return together(results.filter(({ path }) => goalKey(path) === key)) ?? [];
  });
}

/** What is told of a derivation, all outputs of it that were asked for; undefined if nothing is. */
export function resultOfDerivation(
  results: readonly BuildResult[],
  drvPath: DrvPath,
): BuildResult | undefined {
  return together(results.filter(({ path }) => path.kind === 'built' && path.drvPath === drvPath));
}

function isByRequest(nixVersion: string | undefined): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(nixVersion ?? '') ?? [];
  return major === undefined || Number(major) > 2 || Number(minor) >= 16;
}

function resultOf(path: DerivedPath, results: readonly BuildResult[]): BuildResult | undefined {
  const text = derivedPathText(path);
  const result =
    results.find((each) => derivedPathText(each.path) === text) ??
    results.find((each) => goalKey(each.path) === goalKey(path));
  return result && { ...result, path, ...outputsOf(result, path) };
}

/** An older Nix tells of all outputs of a derivation together. */
function outputsOf(
  { outputs, realisations }: BuildResult,
  path: DerivedPath,
): Pick<BuildResult, 'outputs' | 'realisations'> {
  if (path.kind === 'opaque' || path.outputs === 'all') return { outputs, realisations };
  const names = new Set(path.outputs);
  // A realisation's id is `sha256:…!out`.
  const nameIn = (id: string): string => id.slice(id.lastIndexOf('!') + 1);
  return {
    outputs: new Map([...outputs].filter(([name]) => names.has(name))),
    realisations: new Map([...realisations].filter(([id]) => names.has(nameIn(id)))),
  };
}

/** One result of several for the same derivation. */
function together([first, ...others]: readonly BuildResult[]): BuildResult | undefined {
  if (!first || others.length === 0) return first;
  return {
    ...first,
    outputs: new Map([first, ...others].flatMap(({ outputs }) => [...outputs])),
    realisations: new Map([first, ...others].flatMap(({ realisations }) => [...realisations])),
  };
}

/** `PathSubstitutionGoal::key()` and `DerivationGoal::key()` of Nix 2.8. */
function goalKey(path: DerivedPath): string {
  return path.kind === 'opaque'
    ? `a$${storePathName(path.path)}$${path.path}`
    : `b$${storePathName(path.drvPath)}$${path.drvPath}`;
}

function byCodePoints(a: string, b: string): number {
  return a < b ? -1 : 1;
}

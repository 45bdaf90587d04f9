import { type AttrPath, printAttrPath } from '../domain/attr-path.ts';
import type { OutputSelection } from '../domain/derived-path.ts';
import { ActionError } from '../domain/errors.ts';
import type { Installable } from '../domain/installable.ts';
import { isStorePath, parseDrvPath } from '../domain/store-path.ts';
import { parseMachineSystem } from '../domain/machine.ts';
import {
  emptySet,
  evaluationFailure,
  unbuildable,
  unknownInstallable,
} from './evaluation-failure.ts';
import type { EvaluatedAttribute, EvaluatedDerivation, EvaluationFailure } from './evaluation.ts';
import type { WalkDerivation } from './walk-events.ts';
import type { FreshItem } from './walk-task.ts';
import type { ItemReport, WalkEntry } from './walk-report.ts';
import { outputsWanted } from './wanted-outputs.ts';

/** What an installable comes to, from what the walk reports of it. */
export function attributesOf(
  installable: Installable,
  item: FreshItem,
  report: ItemReport,
  systems: readonly string[],
): readonly EvaluatedAttribute[] {
  const { attrPath, misses, lookup, entries } = report;
  if (lookup !== undefined) {
    return [evaluationFailure(installable, installable.text, lookup.error, lookup.definition)];
  }
  if (misses !== undefined || attrPath === undefined) {
    return [unknownInstallable(installable, item.candidates, misses ?? [])];
  }
  const whole = nameOf(installable, attrPath);
  if (entries.length === 0) {
    return [emptySet(installable, whole, systems)];
  }
  return entries.map((entry) => attributeOf(installable, attrPath, entry));
}

// The root of a file has no name of its own.
function nameOf(installable: Installable, path: AttrPath): string {
  return path.length === 0 ? installable.text : printAttrPath(path);
}

/**
 * One attribute of an installable.
 * @param attrPath of what the installable was found to be
 */
export function attributeOf(
  installable: Installable,
  attrPath: AttrPath,
  entry: WalkEntry,
): EvaluatedAttribute {
  const attribute = nameOf(installable, [...attrPath, ...entry.path]);
  switch (entry.kind) {
    case 'failed':
      return evaluationFailure(installable, attribute, entry.error, entry.definition);
    case 'other':
      return unbuildable(
        installable,
        attribute,
        `it is ${withArticle(entry.type)}, not a derivation`,
      );
    case 'derivation':
      return derivationOf({ installable, attribute, member: entry.path }, entry.derivation);
  }
}

type Place = Pick<EvaluatedDerivation, 'installable' | 'attribute' | 'member'>;

function derivationOf(
  place: Place,
  derivation: WalkDerivation,
): EvaluatedDerivation | EvaluationFailure {
  try {
    return checkedDerivation(place, derivation);
  } catch (error) {
    // what calls itself a derivation may be any set with `type = "derivation"`
    if (!(error instanceof ActionError)) throw error;
    return unbuildable(place.installable, place.attribute, error.message);
  }
}

function checkedDerivation(place: Place, derivation: WalkDerivation): EvaluatedDerivation {
  const { name, system, outputs, requiredSystemFeatures, position } = derivation;
  const paths = [...outputs].map(
    ([output, path]) =>
      [output, path !== undefined && isStorePath(path) ? path : undefined] as const,
  );
  const selection = place.installable.outputs ?? defaultOutputs(derivation);
  return {
    kind: 'derivation',
    ...place,
    drvPath: parseDrvPath(derivation.drvPath),
    name: name ?? '',
    system: parseMachineSystem(system ?? ''),
    outputs: new Map(paths),
    wantedOutputs: outputsWanted(selection, [...outputs.keys()]),
    requiredSystemFeatures,
    position,
  };
}

// In the order of installable-flake.cc: `hello.dev` (outputSpecified) wants just that output.
function defaultOutputs(derivation: WalkDerivation): OutputSelection {
  if (derivation.specifiedOutput !== undefined) return [derivation.specifiedOutput];
  return derivation.outputsToInstall.length === 0 ? ['out'] : derivation.outputsToInstall;
}

/** Nix's name of a type, as a sentence has it: `a string`, `an int`. */
function withArticle(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

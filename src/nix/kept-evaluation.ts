import { list, record, string } from '../domain/json.ts';
import type { Installable } from '../domain/installable.ts';
import { parseMachineSystem } from '../domain/machine.ts';
import { parseDrvPath, parseStorePath, type StorePath } from '../domain/store-path.ts';
import type { EvaluatedDerivation, Evaluation } from './evaluation.ts';

/** An evaluation that all went well, whose outputs are all known: what is kept of it. */
export interface WholeEvaluation {
  readonly attributes: readonly EvaluatedDerivation[];
  readonly passedOver: ReadonlySet<string>;
}

/** @returns undefined unless every attribute is a derivation whose outputs have their paths already */
export function wholeEvaluation({
  attributes,
  passedOver,
}: Evaluation): WholeEvaluation | undefined {
  const derivations = attributes.filter((each) => each.kind === 'derivation');
  const areAll = derivations.length === attributes.length && derivations.length > 0;
  const areKnown = derivations.every(({ outputs, wantedOutputs }) =>
    wantedOutputs.every((name) => outputs.get(name) !== undefined),
  );
  return areAll && areKnown ? { attributes: derivations, passedOver } : undefined;
}

/** Writes it down; installables by their places among those of the step. */
export function printEvaluation(
  { attributes, passedOver }: WholeEvaluation,
  installables: readonly Installable[],
): string {
  const places = new Map(installables.map(({ text }, index) => [text, index]));
  return JSON.stringify({
    passedOver: [...passedOver],
    attributes: attributes.map(({ installable, outputs, ...rest }) => ({
      ...rest,
      installable: places.get(installable.text),
      outputs: Object.fromEntries(outputs),
    })),
  });
}

/**
 * Reads what {@link printEvaluation} wrote.
 * @throws TypeError or ActionError for anything else
 */
export function parseEvaluation(
  value: unknown,
  installables: readonly Installable[],
): WholeEvaluation {
  const { attributes, passedOver } = record(value, 'the evaluation');
  const whole = wholeEvaluation({
    attributes: list(attributes, 'attributes').map((each) => parseDerivation(each, installables)),
    passedOver: new Set(strings(passedOver, 'passedOver')),
  });
  if (!whole) throw new TypeError('an evaluation that was kept has no attributes or lacks outputs');
  return whole;
}

function parseDerivation(
  value: unknown,
  installables: readonly Installable[],
): EvaluatedDerivation {
  const fields = record(value, 'an attribute');
  const installable = installables[Number(fields['installable'])];
  if (!installable) throw new TypeError('an attribute is of no installable');
  const { position } = fields;
  return {
    kind: 'derivation',
    installable,
    attribute: string(fields['attribute'], 'attribute'),
    member: strings(fields['member'], 'member'),
    drvPath: parseDrvPath(string(fields['drvPath'], 'drvPath')),
    name: string(fields['name'], 'name'),
    system: parseMachineSystem(string(fields['system'], 'system')),
    outputs: parseOutputs(fields['outputs']),
    wantedOutputs: strings(fields['wantedOutputs'], 'wantedOutputs'),
    requiredSystemFeatures: strings(fields['requiredSystemFeatures'], 'requiredSystemFeatures'),
    position: position === undefined ? undefined : string(position, 'position'),
  };
}

function parseOutputs(value: unknown): ReadonlyMap<string, StorePath> {
  const outputs = Object.entries(record(value, 'outputs'));
  return new Map(outputs.map(([name, path]) => [name, parseStorePath(string(path, name))]));
}

function strings(value: unknown, name: string): readonly string[] {
  return list(value, name).map((each) => string(each, name));
}

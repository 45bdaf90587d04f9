import { readFile } from 'node:fs/promises';
import { parseDerivation } from '../domain/derivation.ts';
import { ActionError } from '../domain/errors.ts';
import type { EvaluatedAttribute, EvaluatedDerivation } from './evaluation.ts';

/**
 * Refuses derivations whose inputs are outputs of derivations that are made while building: what they need is not known before, so it
 * cannot be sent. Their own outputs are never known before either, so that nothing has to be read for all others.
 */
export async function refuseDynamic(
  attributes: readonly EvaluatedAttribute[],
): Promise<readonly EvaluatedAttribute[]> {
  return Promise.all(
    attributes.map(async (attribute) => {
      const isSuspect = attribute.kind === 'derivation' && hasUnknownOutput(attribute);
      const error = isSuspect ? await refusal(attribute) : undefined;
      if (!error) return attribute;
      const { installable, attribute: name } = attribute;
      const place = { position: undefined, nixError: undefined };
      return { kind: 'failed', installable, attribute: name, error, ...place };
    }),
  );
}

function hasUnknownOutput({ outputs }: EvaluatedDerivation): boolean {
  return [...outputs.values()].includes(undefined);
}

async function refusal({ drvPath, name }: EvaluatedDerivation): Promise<ActionError | undefined> {
  try {
    parseDerivation(await readFile(drvPath, 'utf8'), name);
    return undefined;
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
}

import type { Outcome } from '../domain/outcome.ts';
import type { ActionError } from '../domain/errors.ts';
import type { EvaluatedAttribute } from '../nix/evaluation.ts';
import type { Store } from '../store/store.ts';
import { linkOutputs, type LinkedAttribute } from './out-links.ts';
import type { StepRequest } from './step-request.ts';

/**
 * Links the outputs of every attribute that was copied; says which links could not be made.
 * @param store the session to root them in, opened if need be
 */
export async function linkCopied(
  request: StepRequest,
  attributes: readonly EvaluatedAttribute[],
  outcomes: readonly Outcome[],
  store: () => Promise<Store>,
): Promise<readonly ActionError[]> {
  if (request.outLink === '') return [];
  const linked = attributes.flatMap((attribute, index): LinkedAttribute[] => {
    const outcome = outcomes[index];
    if (outcome?.copied !== true) return [];
    return [
      {
        position: request.installables.indexOf(attribute.installable),
        memberName: memberName(attribute, attributes),
        attribute: attribute.attribute,
        outputs: outcome.outputs,
      },
    ];
  });
  if (linked.length === 0) return [];
  return linkOutputs(request.workingDirectory, request.outLink, linked, await store());
}

function memberName(
  attribute: EvaluatedAttribute,
  attributes: readonly EvaluatedAttribute[],
): string | undefined {
  const siblings = attributes.filter((each) => each.installable === attribute.installable);
  return siblings.length > 1 ? attribute.attribute.split('.').at(-1) : undefined;
}

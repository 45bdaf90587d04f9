import type { Installable } from '../domain/installable.ts';
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
  const firstNames = firstNamesOf(attributes);
  const linked = attributes.flatMap((attribute, index): LinkedAttribute[] => {
    const outcome = outcomes[index];
    if (outcome?.copied !== true) return [];
    return [
      {
        position: positionOf(request, attribute),
        memberName: memberName(attribute, firstNames),
        attribute: attribute.attribute,
        outputs: outcome.outputs,
      },
    ];
  });
  if (linked.length === 0) return [];
  return linkOutputs(request.workingDirectory, request.outLink, linked, await store());
}

/** By text: a link such as `./result` is followed to another installable while it is evaluated. */
function positionOf({ installables }: StepRequest, { installable }: EvaluatedAttribute): number {
  return installables.findIndex(({ text }) => text === installable.text);
}

/**
 * An attribute's name below the installable that expanded to it, without the system where all members have the same; undefined for an
 * installable that is the attribute.
 */
function memberName(
  attribute: EvaluatedAttribute,
  firstNames: ReadonlyMap<Installable, ReadonlySet<string>>,
): string | undefined {
  if (attribute.kind !== 'derivation' || attribute.member.length === 0) return undefined;
  const [first, ...rest] = attribute.member;
  const isShared = firstNames.get(attribute.installable)?.size === 1;
  const isSystem = rest.length > 0 && first === attribute.system;
  return (isShared && isSystem ? rest : attribute.member).join('.');
}

/** The first names of all members, by the installable that expanded to them. */
function firstNamesOf(
  attributes: readonly EvaluatedAttribute[],
): ReadonlyMap<Installable, ReadonlySet<string>> {
  const names = new Map<Installable, Set<string>>();
  for (const attribute of attributes) {
    if (attribute.kind !== 'derivation') continue;
    const known = names.get(attribute.installable) ?? new Set();
    names.set(attribute.installable, known.add(attribute.member[0] ?? ''));
  }
  return names;
}

import { ActionError } from '../domain/errors.ts';
import { parseNixConf } from '../nix/nix-conf-lines.ts';
import type { GivenConf } from '../nix/nix-conf.ts';
import type { EvaluationSource } from '../nix/walk-root.ts';
import { isPrivileged, type WorkflowEvent } from './workflow-event.ts';

/** What an evaluation is asked for, as far as it matters to what it may read. */
export interface AskedEvaluation {
  readonly source: EvaluationSource;
  readonly evalArgs: readonly string[];
  readonly nixConf: Pick<GivenConf, 'extraConfig'>;
}

/**
 * Refuses an evaluation that may read any file and variable where it may be a stranger's and there is a secret to be read.
 * @throws ActionError `input-invalid` naming the input that makes it impure
 */
export function refuseImpureEvaluation(
  asked: AskedEvaluation,
  event: WorkflowEvent,
  hasCredentials: boolean,
): void {
  if (!hasCredentials || !isPrivileged(event)) return;
  const culprit = impureInput(asked);
  if (culprit === undefined) return;
  throw new ActionError(
    'input-invalid',
    `Input ${culprit} evaluates impurely, which is refused next to credentials under ${event.name}`,
    {
      hint:
        'This event gets secrets even where a stranger wrote the code, and an impure evaluation can read them. Evaluate a flake without ' +
        '--impure, or build pull requests under the event pull_request.',
    },
  );
}

/** Nix evaluates a file impurely whatever else is said (`SourceExprCommand::parseInstallables`), an expression as it does a flake. */
function impureInput({ source, evalArgs, nixConf }: AskedEvaluation): string | undefined {
  if (source.kind === 'file') return "'file'";
  const settings = parseNixConf(nixConf.extraConfig, 'extra-nix-config');
  if (settings.some(({ name, value }) => name === 'pure-eval' && value !== 'true')) {
    return "'extra-nix-config' (pure-eval)";
  }
  const argument = evalArgs.find((each, index) => isImpure(each, evalArgs.slice(index + 1)));
  return argument === undefined ? undefined : `'eval-args' (${argument})`;
}

function isImpure(argument: string, [name, value]: readonly string[]): boolean {
  if (argument === '--impure' || argument === '--no-pure-eval') return true;
  return argument === '--option' && name === 'pure-eval' && value !== 'true';
}

import { ActionError } from '../domain/errors.ts';
import { type AutoArguments, nixString } from './walk-program.ts';

/**
 * The `--arg` and `--argstr` among the arguments for evaluation. Nix reads them too, for its own lookups; our program
 * calls functions as Nix would, and so must know them.
 * @throws ActionError `input-invalid` if one of them lacks its value, or for their variants that read files.
 */
export function autoArguments(evalArgs: readonly string[]): AutoArguments {
  const found = new Map<string, string>();
  for (const [index, flag] of evalArgs.entries()) {
    if (flag === '--arg-from-file' || flag === '--arg-from-stdin') {
      throw new ActionError('input-invalid', `eval-args: ${flag} is not supported`, {
        hint: 'Use --arg NAME "builtins.readFile ./FILE" instead.',
      });
    }
    if (flag === '--arg' || flag === '--argstr') {
      const [name, value] = evalArgs.slice(index + 1);
      if (name === undefined || value === undefined) {
        throw new ActionError('input-invalid', `eval-args: ${flag} needs a name and a value`);
      }
      found.set(name, flag === '--arg' ? value : nixString(value));
    }
  }
  return found;
}

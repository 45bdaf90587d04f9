import type { Cause } from './cause.ts';
import { INPUT_CAUSES } from './client/inputs.ts';
import { INSTALLING_CAUSES, PUSHING_CAUSES } from './client/installing.ts';
import { MACHINE_CAUSES } from './client/machines.ts';
import { NIX_CAUSES } from './client/nix.ts';
import { REACHING_CAUSES } from './client/reaching.ts';
import { WORKING_CAUSES } from './client/working.ts';
import { TEXT_CAUSES } from './texts/index.ts';

/**
 * Everything that a person can look up, from whomever it comes. Nothing at run time needs the client's own causes: those errors bring their
 * hints along.
 */
export const CATALOGUE: readonly Cause[] = [
  ...INPUT_CAUSES,
  ...MACHINE_CAUSES,
  ...REACHING_CAUSES,
  ...NIX_CAUSES,
  ...INSTALLING_CAUSES,
  ...WORKING_CAUSES,
  ...PUSHING_CAUSES,
  ...TEXT_CAUSES,
];

import { expect } from 'vitest';
import { recipes, type Builder, type NixHost } from '../../lab/index.ts';
import { machineLine, machineUri, type MachineOptions } from './builders.ts';
import { lastName, runScenario } from './scenario.ts';

/** For the builder's nix.conf. */
export const SHORT_SILENCE = 'max-silent-time = 1';

/** What a machine says of a build that went wrong, in every version's words. */
const REASONS = {
  bad: /failed with exit code 1\b.*Its log ends with: \S+-bad fails on purpose$/,
  hash: /^hash mismatch in fixed-output derivation .* specified:\s+sha256-A{43}= got:\s+sha256-/,
  none: /failed to produce output path/,
  silent: /timed out after 1 seconds/,
};

const STATUSES = { bad: 'failed', hash: 'failed', none: 'failed', silent: 'timed-out' };

let salts = 0;

/** Shows that each failed attribute has the machine's own reason, and not its build hook's. */
export async function expectReasons(
  builder: Builder,
  runner: NixHost,
  machine: MachineOptions = {},
): Promise<void> {
  const salt = `reasons${(salts += 1)}`;
  const ran = await runScenario({
    ...{ builder, runner },
    attributes: {
      bad: recipes.failing(`${salt}-bad`),
      hash: recipes.hashMismatch(`${salt}-hash`),
      none: recipes.script(`${salt}-none`, 'true'),
      silent: recipes.silent(`${salt}-silent`, 60),
    },
    inputs: { store: '', builders: machineLine(builder, machine), 'keep-going': 'true' },
  });
  expect(ran.statuses, ran.log).toEqual(STATUSES);
  for (const [name, reason] of Object.entries(REASONS)) {
    const result = ran.results.find(({ attribute }) => lastName(attribute) === name);
    expect(result).toMatchObject({
      remote: machineUri(builder, machine),
      error: { code: 'build-failed', message: expect.stringMatching(reason) as string },
    });
  }
}

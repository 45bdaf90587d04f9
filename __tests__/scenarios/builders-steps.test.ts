import { it } from 'vitest';
import { startBuilder, startNixHost } from '../../lab/index.ts';
import { expectLaterSteps } from '../helpers/builders-steps.ts';

it.each([
  ['user-owned', 'owner'],
  ['daemon', 'sudoer'],
] as const)('later steps build on machines, where Nix is %s, as %s', async (nix, user) => {
  await using builder = await startBuilder();
  await using runner = await startNixHost({ name: 'runner', nix });
  await expectLaterSteps(builder, runner, user);
});

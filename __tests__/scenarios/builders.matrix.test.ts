import { afterAll, beforeAll, describe, it } from 'vitest';
import {
  startBuilder,
  startNixHost,
  SUITES,
  type Builder,
  type NixSetup,
  type UserName,
} from '../../lab/index.ts';
import { expectLaterSteps } from '../helpers/builders-steps.ts';
import { expectWholeFlake } from '../helpers/builders.ts';

const USERS: readonly [nix: NixSetup, user: UserName][] = [
  ['user-owned', 'owner'],
  ['daemon', 'trusted'],
  ['daemon', 'sudoer'],
  ['daemon', 'root'],
];

describe.each(SUITES)('with the Nix of %s on both sides', (suite) => {
  let builder: Builder;

  beforeAll(async () => {
    builder = await startBuilder({ suite });
  });

  afterAll(() => builder.stop());

  it.each(USERS)(
    'builds, and has later steps build, from a runner whose Nix is %s, as %s',
    async (nix, user) => {
      await using runner = await startNixHost({ suite, name: 'runner', nix });
      await expectWholeFlake(builder, runner, user);
      await expectWholeFlake(builder, runner, user, { protocol: 'ssh' });
      await expectLaterSteps(builder, runner, user);
    },
  );
});

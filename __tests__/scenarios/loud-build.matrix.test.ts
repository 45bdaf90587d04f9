import { expect, it } from 'vitest';
import { startBuilder, startNixHost } from '../../lab/index.ts';
import { expectHarmless } from '../helpers/loud-build.ts';

it('a build that prints 100 MB, and what would act, does nothing, in little memory', async () => {
  await using builder = await startBuilder({ suite: 'sid' });
  await using runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
  expect.hasAssertions();
  await expectHarmless({ builder, runner }, 100_000_000);
}, 300_000);

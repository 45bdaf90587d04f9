import { describe, it } from 'vitest';
import { startBuilder, startNixHost, SUITES } from '../../lab/index.ts';
import { expectReasons, SHORT_SILENCE } from '../helpers/builders-failures.ts';

describe.each(SUITES)('on a machine with the Nix of %s', (theirs) => {
  it.each(SUITES)(
    "from a runner with that of %s, failures have the machine's reasons",
    async (ours) => {
      await using builder = await startBuilder({ suite: theirs, nixConf: [SHORT_SILENCE] });
      await using runner = await startNixHost({ suite: ours, name: 'runner', nix: 'user-owned' });
      await expectReasons(builder, runner);
      await expectReasons(builder, runner, { protocol: 'ssh' });
    },
  );
});

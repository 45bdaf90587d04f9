import { it } from 'vitest';
import { startBuilder, startNixHost } from '../../lab/index.ts';
import { expectReasons, SHORT_SILENCE } from '../helpers/builders-failures.ts';

it("a failed attribute has the machine's own reason", async () => {
  await using builder = await startBuilder({ nixConf: [SHORT_SILENCE] });
  await using runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  await expectReasons(builder, runner);
});

import { describe, expect, it } from 'vitest';
import { recipes, startBuilder, startNixHost, type Attributes } from '../../lab/index.ts';
import { expectNothingLeft, machineLine, machineUri } from '../helpers/builders.ts';
import { runScenario } from '../helpers/scenario.ts';

/** Builds that run together, and print more than a pipe holds while another is about to start. */
function talkative(salt: string, count: number): Attributes {
  const names = Array.from({ length: count }, (_, index) => `${salt}-${index}`);
  const text = 'sleep 1; yes log | head -c 100000; sleep 1; echo > $out';
  return Object.fromEntries(names.map((name) => [name, recipes.script(name, text)]));
}

describe('where sshd allows fewer sessions on a connection than a machine takes builds', () => {
  it.each([
    ['which opens its socket', 'trusted', 'ssh-ng', 1, 'ssh2'],
    ['which runs nix-daemon alone', 'forced', 'ssh-ng', 1, 'ssh2'],
    ['which runs nix-daemon alone', 'forced', 'ssh-ng', 2, 'ssh2'],
    ['by the legacy protocol', 'trusted', 'ssh', 1, 'ssh2'],
    ["through the machine's own client", 'forced', 'ssh-ng', 1, 'openssh'],
  ] as const)('none waits for another: %s', async (_what, login, protocol, sessions, transport) => {
    await using builder = await startBuilder({
      sshdConfig: [`MaxSessions ${sessions}`],
      nixConf: ['extra-trusted-users = forced'],
    });
    await using runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
    const machine = { login, protocol, maxJobs: 3 } as const;
    const ran = await runScenario({
      ...{ builder, runner },
      attributes: talkative(`talk-${sessions}-${login}-${protocol}-${transport}`, 3),
      inputs: { store: '', builders: machineLine(builder, machine), 'max-jobs': '0', transport },
    });
    const uri = machineUri(builder, machine);
    const expected = Array.from({ length: 3 }, () => ({ status: 'built', remote: uri }));
    expect(ran.results, ran.log).toMatchObject(expected);
    await expectNothingLeft(runner);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Link,
  recipes,
  startBuilder,
  startNixHost,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { machineLine, machineUri } from '../helpers/builders.ts';
import { annotations } from '../helpers/failed-step.ts';
import { LiveStep, type Ended } from '../helpers/live-step.ts';
import { setUpOffload } from '../helpers/offload.ts';

/** Milliseconds within which a machine is to be found to hang. */
const FOUND_MS = 60_000;

/** Milliseconds in which a machine that is lost may come back. */
const PATIENCE_MS = 60_000;

/** The limits are those of real steps, so each of these takes most of a minute. */
describe.concurrent('a machine that hangs', () => {
  let near: Builder;
  let hanging: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    near = await startBuilder({ name: 'near' });
    hanging = await startBuilder({ name: 'hanging' });
    runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  });

  afterAll(async () => {
    await Promise.all([near.stop(), hanging.stop(), runner.stop()]);
  });

  async function start(
    machines: readonly (readonly [Builder, { readonly port: number }])[],
    attributes: Attributes,
  ): Promise<LiveStep> {
    return LiveStep.start({
      ...{ builder: near, runner, attributes },
      inputs: {
        store: '',
        builders: machines.map(([, end]) => machineLine(end)).join('\n'),
        'ssh-key': machines.map(([{ key }]) => key.privateKey).join('\n'),
        'known-hosts': machines.map(([each, { port }]) => each.knownHosts(port)).join(''),
        'max-jobs': '0',
      },
    });
  }

  async function end(live: LiveStep, limitMs: number): Promise<Ended> {
    const ended = await live.ended(limitMs + 20_000);
    expect(await live.post()).toMatchObject({ code: 0 });
    return ended;
  }

  it('while it is connected to is left out, and the other builds', async () => {
    await using link = await Link.start(hanging.port);
    await link.arm({ kind: 'stall', direction: 'down', afterBytes: 600 });
    const machines = [[hanging, link] as const, [near, near] as const];
    const { statuses, log } = await end(
      await start(machines, { a: recipes.file('a', 10) }),
      FOUND_MS,
    );
    expect(statuses, log).toEqual({ a: 'built' });
    expect(annotations(log, 'warning')).toEqual([
      expect.stringMatching(/ is left out: .* did not finish the key exchange within 15 s/),
    ]);
  });

  it('while it builds fails what it builds, by name', async () => {
    await using link = await Link.start(hanging.port);
    const live = await start([[hanging, link]], { long: recipes.silent('long', 300) });
    await live.said(/^building long/m);
    await link.stall();
    const { statuses, log } = await end(live, FOUND_MS + PATIENCE_MS);
    expect(statuses, log).toEqual({ long: 'connection-lost' });
    expect(log).toContain('nothing moved on it for 36 s');
    expect(log).toContain(machineUri(link));
  });
});

it('a machine whose Nix daemon hangs fails a build that is to begin there, and is left out before one', async () => {
  await using builder = await startBuilder();
  await using runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  const inputs = { store: '', builders: machineLine(builder) };
  await using later = await setUpOffload({ builder, runner, inputs });
  await later.writeFlake({ it: recipes.file('it', 10) });
  await builder.daemon?.pause();
  try {
    const { code, stderr } = await later.run(['nix', 'build', '-j0', 'path:.#it'], {
      timeoutMs: FOUND_MS + 20_000,
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain(`${machineUri(builder)}: the Nix there did not greet in 45 s`);

    const refused = setUpOffload({ builder, runner, inputs });
    await expect(refused).rejects.toThrow(
      /the only builder cannot be reached: .*: the Nix daemon did not greet in 15 s/,
    );
  } finally {
    await builder.daemon?.resume();
  }
});

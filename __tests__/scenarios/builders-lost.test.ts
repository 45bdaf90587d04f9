import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  Link,
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { expectNothingLeft, machineUri } from '../helpers/builders.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { lastName } from '../helpers/scenario.ts';
import { machinesInputs } from '../helpers/machines.ts';

let builder: Builder;
let runner: NixHost;
let gates: Gates;

beforeAll(async () => {
  builder = await startBuilder({ nixConf: [SHOW_GATES] });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  gates = await Gates.make(builder);
});

afterAll(async () => {
  await Promise.all([builder.stop(), runner.stop()]);
});

it.each(['ssh-ng', 'ssh'] as const)(
  'what %s builds when its link is cut is built again over another connection, with all that needs it',
  async (protocol) => {
    await using link = await Link.start(builder.port);
    const lost = `lost-${protocol}`;
    const live = await LiveStep.start({
      ...{ builder, runner },
      attributes: {
        lost: gated(lost),
        next: recipes.file(`next-${protocol}`, 10),
        after: recipes.script(`after-${protocol}`, 'cat ${lost} > $out'),
      },
      inputs: {
        ...machinesInputs([{ builder, port: link.port, protocol, maxJobs: 1 }]),
        'keep-going': 'true',
      },
    });
    await gates.running([lost]);
    await link.cut();
    const address = `trusted@127\\.0\\.0\\.1:${link.port}`;
    await live.said(new RegExp(`^::notice::connected to ${address} again$`, 'm'));
    await gates.open(lost);
    const ended = await live.ended();
    expect(ended.statuses, ended.log).toEqual({ lost: 'built', next: 'built', after: 'built' });
    const result = ended.results.find(({ attribute }) => lastName(attribute) === 'lost');
    expect(result?.remote).toBe(machineUri(link, { protocol }));
    expect(await gates.starts(lost)).toBe(2);
    expect(await live.post()).toMatchObject({ code: 0 });
    await expectNothingLeft(runner);
  },
);

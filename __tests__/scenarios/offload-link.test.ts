import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipes, startLab, until, within, type Lab } from '../../lab/index.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { setUpOffload, type Offload } from '../helpers/offload.ts';
import { expectWholeStores } from '../helpers/stores.ts';

/** How long a client may wait to be told that its build is lost, in milliseconds. */
const LOSS_LIMIT_MS = 10_000;

let lab: Lab;
let gates: Gates;
let offload: Offload;

beforeAll(async () => {
  lab = await startLab({ builder: { nixConf: [SHOW_GATES] }, runner: { nix: 'daemon' } });
  const { builder, runner, link } = lab;
  gates = await Gates.make(builder);
  offload = await setUpOffload({ builder, runner, port: link.port });
});

afterAll(async () => {
  await offload[Symbol.asyncDispose]();
  await expectWholeStores(lab);
  await lab.stop();
});

const build = (name: string): readonly string[] => [
  'nix',
  'build',
  '--out-link',
  name,
  `path:.#${name}`,
];

async function expectBuilds(name: string): Promise<void> {
  await offload.writeFlake({ [name]: recipes.script(name, `echo ${name} > $out`) });
  await offload.output(build(name));
  expect(await offload.output(['cat', name])).toBe(name);
}

/** What breaks a connection: on the way, or where it ends. */
const BREAKS = [
  ['the link is cut', () => lab.link.cut()],
  ['the builder drops it', () => lab.builder.dropConnections()],
] as const;

describe.each(BREAKS)('%s', (text, interrupt) => {
  const salt = text.replaceAll(' ', '-');

  it('between two steps: the next one builds', async () => {
    await expectBuilds(`${salt}-before`);
    await interrupt();
    await expectBuilds(`${salt}-after`);
  });

  it('in mid-build: that one fails with the reason, its build ends, and the next one builds', async () => {
    const name = `${salt}-midst`;
    await offload.writeFlake({ [name]: gated(name) });
    const client = offload.spawn(build(name));
    const ended = client.collect();
    await gates.running([name]);
    await interrupt();
    const { code, stderr } = await within(LOSS_LIMIT_MS, 'end of the client', ended);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error:.*ssh-ng:\/\/ci@127\.0\.0\.1:\d+.*(lost|ended)/);
    await gates.ended([name]);
    await expectBuilds(`${salt}-next`);
    // No lock is left, and what was half built is built whole.
    await gates.open(name);
    await offload.writeFlake({ [name]: gated(name) });
    await offload.output(build(name));
    expect(await offload.output(['cat', name])).toBe(name);
  });
});

it('a client that is killed while its output comes back: the next one has it whole, also two at a time', async () => {
  const { builder, runner, link } = lab;
  await offload.writeFlake({
    shell: recipes.file('shell', 10),
    big: recipes.randomFile('big', 20_000_000),
  });
  await offload.output(build('shell'));
  await link.shape({ down: { bytesPerSecond: 5_000_000 } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    const { down } = await link.counters();
    const client = offload.spawn(build('big'));
    const ended = client.collect();
    const comes = async () => (await link.counters()).down > down + 2_000_000;
    await until(20_000, 'the output on its way', comes);
    await client.signal(signal);
    expect((await ended).code).not.toBe(0);
  }
  await link.shape({});
  const again = (name: string) => offload.run(['nix', 'build', '-o', name, 'path:.#big']);
  for (const { code, stderr } of await Promise.all(['one', 'two'].map(again))) {
    expect(code, stderr).toBe(0);
  }
  const path = await offload.target('one');
  const hash = ['nix-store', '--store', 'local', '--query', '--hash', path];
  expect(await runner.output(hash)).toBe(await builder.output(hash));
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startLab,
  startNixHost,
  within,
  type Lab,
} from '../../lab/index.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { runScenario } from '../helpers/scenario.ts';

let lab: Lab;
let gates: Gates;

beforeAll(async () => {
  lab = await startLab({ builder: { nixConf: [SHOW_GATES] }, runner: { nix: 'daemon' } });
  gates = await Gates.make(lab.builder);
});

afterAll(() => lab.stop());

const says = (name: string): string => recipes.script(name, `echo ${name} > $out`);
const build = (name: string): readonly string[] => ['nix', 'build', '-o', name, `path:.#${name}`];

describe('after a set-up', () => {
  it('a step that builds works as ever, with an evaluation that takes a build', async () => {
    const { builder, runner } = lab;
    await using offload = await setUpOffload({ builder, runner });
    const ran = await runScenario({
      builder,
      runner,
      user: 'trusted',
      env: offload.env,
      attributes: {
        plain: says('plain-step'),
        imported: recipes.importFromDerivation('imported-step'),
      },
      inputs: { 'copy-outputs': 'true' },
    });
    expect(ran.statuses, ran.log).toEqual({ imported: 'built', plain: 'built' });
    expect(ran.code).toBe(0);
  });

  it('another one serves whoever comes later, whether or not the first is there', async () => {
    const { builder, runner } = lab;
    await using first = await setUpOffload({ builder, runner });
    await using second = await setUpOffload({ builder, runner, env: first.env });
    await second.writeFlake({ both: says('both'), one: says('one') });
    await second.output(build('both'));
    expect((await first.stop()).log).toContain('Nothing had to be built');
    await second.output(build('one'));
    expect((await second.stop()).log).toContain('2 built');
  });
});

describe('post', () => {
  it('ends what still builds, and its client is told', async () => {
    const { builder, runner } = lab;
    await using offload = await setUpOffload({ builder, runner });
    await offload.writeFlake({ endless: gated('endless') });
    const client = offload.spawn(build('endless')).collect();
    await gates.running(['endless']);
    const { code, log } = await offload.stop();
    expect(code, log).toBe(0);
    const ended = await within(20_000, 'end of the client', client);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('error: ');
    await gates.ended(['endless'], 5000);
    expect((await runner.processes()).filter(({ uid }) => uid !== 0)).toEqual([]);
  });

  it('says and summarises what was built, failed, and went over the link', async () => {
    const { builder, runner } = lab;
    await using offload = await setUpOffload({ builder, runner });
    await offload.writeFlake({
      inner: says('inner'),
      outer: recipes.script('outer', 'cat ${inner} > $out'),
      bad: recipes.failing('bad'),
    });
    await offload.output(build('outer'));
    expect((await offload.run(build('bad'))).code).toBe(1);
    const { log, summary } = await offload.stop();
    expect(log).toMatch(/2 built.*1 failed|1 failed.*2 built/);
    expect(log).toMatch(/Sent [\d.]+ \S?B, received [\d.]+ \S?B/);
    for (const name of ['inner', 'outer', 'bad']) expect(summary).toContain(`<code>${name}</code>`);
  });
});

describe('the local store', () => {
  it('may be started again: who builds is told, and the next build works', async () => {
    const { builder, runner } = lab;
    await using offload = await setUpOffload({ builder, runner });
    await offload.writeFlake({ before: says('before'), after: says('after') });
    await offload.output(build('before'));
    await runner.daemon?.stop();
    const { code, stderr } = await offload.run(build('after'));
    expect(code).toBe(1);
    expect(stderr).toContain('no Nix daemon answers at /nix/var/nix/daemon-socket/socket');
    await runner.daemon?.start();
    await offload.output(build('after'));
  });

  it('may be full: the client is told so', async () => {
    await using builder = await startBuilder();
    await using runner = await startNixHost({ name: 'runner', nix: 'daemon', nixSize: '40m' });
    await using offload = await setUpOffload({ builder, runner });
    await offload.writeFlake({ big: recipes.randomFile('big', 60_000_000) });
    const { code, stderr } = await offload.run(build('big'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: the local store: .*No space left on device/);
  });
});

describe('a garbage collection in mid-build', () => {
  it.each(['runner', 'builder'] as const)('on the %s does no harm', async (side) => {
    const { builder, runner } = lab;
    await using offload = await setUpOffload({ builder, runner });
    const name = (part: string) => `${side}-${part}`;
    await offload.writeFlake({
      fast: recipes.file(name('fast'), 10),
      slow: gated(name('slow'), { text: 'cat ${fast} > $out' }),
      late: recipes.script(name('late'), 'cat ${slow} ${fast} > $out; echo ${fast} >> $out'),
    });
    const client = offload.spawn(['nix', 'build', '-o', 'late', 'path:.#late', 'path:.#fast']);
    const ended = client.collect();
    await gates.running([name('slow')]);
    await lab[side].output(['nix-collect-garbage'], { user: lab[side].owner });
    await gates.open(name('slow'));
    const { code, stderr } = await within(30_000, 'end of the client', ended);
    expect(code, stderr).toBe(0);
    const [fast = '', late = ''] = await offload.outPaths(['fast', 'late']);
    expect(await offload.target('late')).toBe(late);
    expect(await runner.validPaths([fast, late])).toEqual(new Set([fast, late]));
    expect(await runner.read(late)).toContain(fast);
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBuilder, startNixHost, type Builder, type NixHost } from '../../lab/index.ts';
import { runToFailure } from '../helpers/failed-step.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { LiveStep } from '../helpers/live-step.ts';

let builder: Builder;
let runner: NixHost;
let gates: Gates;

beforeAll(async () => {
  builder = await startBuilder({ suite: 'sid', nixConf: [SHOW_GATES] });
  gates = await Gates.make(builder);
  runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
});

afterAll(() => Promise.all([builder.stop(), runner.stop()]));

it('the summary says what was built where the outputs cannot', async () => {
  const live = await LiveStep.start({ builder, runner, attributes: { late: gated('late') } });
  await gates.running(['late']);
  const hinder = `for each in ${live.step.temp}/nix-remote-build-*; do mkdir $each/results.json; done`;
  await runner.output(['sh', '-c', hinder], { user: 'owner' });
  await gates.open('late');
  const { code, errors, outputs, summary } = await live.ended();
  expect({ code, errors }).toEqual({ code: 1, errors: [expect.stringMatching(/^EISDIR: /)] });
  expect(outputs.has('results')).toBe(false);
  expect(summary).toContain('late');
  expect(summary).not.toContain('nothing was built');
  await live.post();
});

it('the summary says why nothing was built where the outputs cannot', async () => {
  const inputs = { store: 'builder' };
  const env = { RUNNER_TEMP: '/nowhere' };
  const failed = await runToFailure({ builder, runner, inputs, env });
  expect(failed.code).toBe(1);
  expect(failed.errors).toEqual([expect.stringMatching(/^Input 'store': /)]);
  expect(failed.warnings).toEqual([expect.stringMatching(/^The outputs could not be written: /)]);
  expect(failed.summary).toMatch(/^## Nix Remote Build: ❌ nothing was built\n/);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { recipes, startLab, until, type Lab } from '../../lab/index.ts';
import { setUpOffload } from '../helpers/offload.ts';

/** How long a client may wait for a remote that does not come back, in milliseconds: a minute, and what surrounds it. */
const GONE_LIMIT_MS = 70_000;

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ runner: { nix: 'daemon' } });
});

afterAll(() => lab.stop());

const build = (name: string): readonly string[] => ['nix', 'build', '-o', name, `path:.#${name}`];
const says = (name: string): string => recipes.script(name, `echo ${name} > $out`);

it('a remote that is gone: a build fails with the reason in bounded time, what needs none works, and it may come back', async () => {
  const { builder, runner, link } = lab;
  await using offload = await setUpOffload({ builder, runner, port: link.port });
  await offload.writeFlake({ present: says('present'), absent: says('absent') });
  await offload.output(build('present'));
  await builder.sshd.stop();
  await builder.dropConnections();

  const start = performance.now();
  const waiting = offload.run(build('absent'), { timeoutMs: GONE_LIMIT_MS });
  // Not held up by the one that waits.
  await offload.output(build('present'));
  await offload.output(['nix', 'path-info', 'path:.#present']);
  const { code, stderr } = await waiting;
  expect(performance.now() - start).toBeLessThan(GONE_LIMIT_MS);
  expect(code).toBe(1);
  expect(stderr).toMatch(/error:.*127\.0\.0\.1.*\(tried for \d+ s\)/);

  await builder.sshd.start();
  await offload.output(build('absent'));
  expect(await offload.output(['cat', 'absent'])).toBe('absent');
});

it('a remote that starts again while a build waits for it: the build goes on by itself', async () => {
  const { builder, runner, link } = lab;
  await using offload = await setUpOffload({ builder, runner, port: link.port });
  await offload.writeFlake({ patient: says('patient') });
  await builder.sshd.stop();
  await builder.dropConnections();
  const { connections } = await link.counters();
  const waiting = offload.output(build('patient'));
  const again = async () => (await link.counters()).connections > connections;
  await until(20_000, 'a try to connect again', again);
  await builder.sshd.start();
  await waiting;
  expect(await offload.output(['cat', 'patient'])).toBe('patient');
});

it('a link that falls silent in mid-build: the client is told in bounded time, and the next one builds', async () => {
  const { builder, runner, link } = lab;
  await using offload = await setUpOffload({ builder, runner, port: link.port });
  await offload.writeFlake({ silent: recipes.silent('silent', 600), next: says('next') });
  const running = offload.run(build('silent'), { timeoutMs: GONE_LIMIT_MS });
  await until(20_000, 'start of the build', async () => (await builder.builds()).length > 0);
  await link.stall();
  const { code, stderr } = await running;
  expect(code).toBe(1);
  expect(stderr).toMatch(/error:.*127\.0\.0\.1/);
  await link.resume();
  await offload.output(build('next'));
  await until(20_000, 'end of the build', async () => (await builder.builds()).length === 0);
});

it('a link that is silent at the end: post ends in time and says what was built', async () => {
  const { builder, runner, link } = lab;
  await using offload = await setUpOffload({ builder, runner, port: link.port });
  await offload.writeFlake({ last: says('last') });
  await offload.output(build('last'));
  await link.stall();
  const start = performance.now();
  const { code, log, summary } = await offload.stop();
  expect(performance.now() - start).toBeLessThan(5000);
  await link.resume();
  expect(code, log).toBe(0);
  expect(log).toContain('1 built');
  expect(summary).toContain('<code>last</code>');
});

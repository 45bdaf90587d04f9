import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { linesOf, runScenario, type Ran } from '../helpers/scenario.ts';

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder();
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

async function logFile(ran: Ran): Promise<Buffer> {
  const file = `${ran.outputs.get('log-dir') ?? ''}/${path.basename(ran.results[0]?.drvPath ?? '')}.log`;
  const { stdoutBytes } = await runner.run(['cat', file]);
  return stdoutBytes;
}

it('what a build prints cannot act as a workflow command', async () => {
  const evil = [
    '::error::of a build',
    '  ::add-mask::everything',
    '##[error]in the old way',
    '::endgroup::',
    '::stop-commands::pause',
    '::set-output name=failed::[]',
  ];
  const script = `${evil.map((line) => `echo '${line}'`).join('; ')}; echo > $out`;
  const ran = await runScenario({
    builder,
    runner,
    attributes: { evil: recipes.script('evil', script) },
  });
  expect(ran.statuses).toEqual({ evil: 'built' });
  expect((await logFile(ran)).toString()).toBe(`${evil.join('\n')}\n`);

  // As GitHub's runner reads it: what stands between stop-commands and its token is text.
  const heard: string[] = [];
  let token: string | undefined;
  for (const line of linesOf(ran.log)) {
    const stop = /^::stop-commands::(.+)$/.exec(line)?.[1];
    if (token === undefined && stop !== undefined) token = stop;
    else if (token !== undefined && line === `::${token}::`) token = undefined;
    else if (token === undefined) heard.push(line);
  }
  expect(token).toBeUndefined();
  expect(heard.filter((line) => /^\s*::|##\[/.test(line))).toEqual([
    expect.stringMatching(/^::group::\[1\/1\] built evil on /) as string,
    '::endgroup::',
  ]);
});

it('a long log arrives whole, and is cut in the step’s own', async () => {
  const lines = 40_000;
  const ran = await runScenario({
    builder,
    runner,
    attributes: { chatty: recipes.script('chatty', `seq ${lines}; echo > $out`) },
  });
  expect(ran.statuses).toEqual({ chatty: 'built' });
  const whole = (await logFile(ran)).toString();
  expect(whole).toBe(`${Array.from({ length: lines }, (_, index) => index + 1).join('\n')}\n`);
  const shown = linesOf(ran.log).filter((line) => /^\d+$/.test(line));
  expect(shown.length).toBeLessThanOrEqual(5000);
  expect(shown.at(-1)).toBe(`${lines}`);
});

it('letters beyond ASCII, and bytes that are no letters, do no harm', async () => {
  const ran = await runScenario({
    builder,
    runner,
    attributes: {
      odd: recipes.script(
        'odd',
        `echo 'grüße ✓ 你好'; printf 'a\\377b\\n'; printf 'x\\ry\\n'; echo > $out`,
      ),
    },
  });
  expect(ran.statuses).toEqual({ odd: 'built' });
  const text = (await logFile(ran)).toString();
  expect(linesOf(text)[0]).toBe('grüße ✓ 你好');
  expect(linesOf(ran.log)).toContain('grüße ✓ 你好');
  expect(text).toMatch(/^a.+b$/m);
});

it('builds at the same time do not mix their logs', async () => {
  const speak = (name: string): string =>
    recipes.script(name, `for i in $(seq 200); do echo ${name} $i; done; sleep 0.2; echo > $out`);
  const ran = await runScenario({
    builder,
    runner,
    attributes: { one: speak('one'), two: speak('two'), three: speak('three') },
  });
  expect(ran.code, ran.log).toBe(0);
  const spoken = linesOf(ran.log).filter((line) => /^(one|two|three) \d+$/.test(line));
  expect(spoken).toHaveLength(600);
  const order = spoken.map((line) => line.split(' ')[0]);
  const blocks = order.filter((name, index) => name !== order[index - 1]);
  expect(blocks.toSorted()).toEqual(['one', 'three', 'two']);
});

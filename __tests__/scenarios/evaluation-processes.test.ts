import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startBuilder, startNixHost, type Builder, type NixHost } from '../../lab/index.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { finishScenario, prepareScenario } from '../helpers/scenario.ts';

let builder: Builder;
let runner: NixHost;
let gates: Gates;

beforeAll(async () => {
  builder = await startBuilder({ nixConf: [SHOW_GATES] });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
  gates = await Gates.make(builder);
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

it.runIf(availableParallelism() > 1)(
  'evaluation that waits for the remote goes on in another process, through the same socket',
  async () => {
    const names = ['one', 'two', 'three', 'four'];
    const imports = names.map((name) =>
      gated(`import-${name}`, { gate: 'imports', text: `echo '"${name}"' > $out` }),
    );
    const attributes = Object.fromEntries(
      names.map((name, index) => [
        name,
        `sh "of-\${import (${imports[index] ?? ''})}" "echo > $out"`,
      ]),
    );
    const prepared = await prepareScenario({ builder, runner, attributes });
    const finishing = finishScenario(prepared);
    // One process would wait for the first of them for ever.
    await gates.running(
      names.map((name) => `import-${name}`),
      { atLeast: 2 },
    );
    await gates.open('imports');
    const ran = await finishing;
    expect(ran.code, ran.log).toBe(0);
    expect(ran.statuses).toEqual(Object.fromEntries(names.map((name) => [name, 'built'])));
    expect(ran.results.map(({ drvPath }) => drvPath?.replace(/^.*-of-/, ''))).toEqual(
      ['four', 'one', 'three', 'two'].map((name) => `${name}.drv`),
    );
    expect((await runner.processes()).filter(({ argv }) => argv[1] === 'eval')).toEqual([]);
  },
);

import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { expectHarmless } from '../helpers/loud-build.ts';
import { lastName, runScenario, type Ran } from '../helpers/scenario.ts';

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  [builder, runner] = await Promise.all([
    startBuilder({ suite: 'sid', maxJobs: 4 }),
    startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' }),
  ]);
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

it('a build that prints what would act, and bytes that are no text, does nothing', async () => {
  await expectHarmless({ builder, runner }, 2_000_000);
});

/** A node of a graph: whether its own build fails, and which of those before it it needs. */
interface Node {
  readonly fails: boolean;
  readonly needs: readonly number[];
}

const graphs = fc
  .array(
    fc.record({
      fails: fc.integer({ min: 0, max: 3 }).map((each) => each === 0),
      needs: fc.uniqueArray(fc.nat(11), { maxLength: 3 }),
    }),
    { minLength: 8, maxLength: 12 },
  )
  .map((nodes) =>
    nodes.map((node, index): Node => ({
      ...node,
      needs: node.needs.filter((each) => each < index),
    })),
  );

function attributesOf(nodes: readonly Node[], salt: number): Attributes {
  const entries = nodes.map(({ fails, needs }, index) => {
    const inputs = needs.map((each) => `echo \${n${each}}`).join('; ') || ':';
    const end = fails ? 'exit 1' : `echo ${salt} > $out`;
    return [
      `n${index}`,
      recipes.script(`n${index}`, `${inputs}; echo says ${index}; ${end}`),
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** What becomes of each node. */
function expected(nodes: readonly Node[]): Readonly<Record<string, string>> {
  const statuses: string[] = [];
  for (const { fails, needs } of nodes) {
    const isBlocked = needs.some((each) => statuses[each] !== 'built');
    statuses.push(isBlocked ? 'dependency-failed' : fails ? 'failed' : 'built');
  }
  return Object.fromEntries(statuses.map((status, index) => [`n${index}`, status]));
}

/** Status by name, as each of these has it. */
function told({ log, summary }: Ran): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const lines = [...log.matchAll(/^[✓✗] (\S+): (\S+)$/gm)];
  const rows = [...summary.matchAll(/^\| [✅❌] \| <code>(.+?)<\/code> \| (\S+) \|/gmu)];
  const byName = (matches: readonly RegExpExecArray[]) =>
    Object.fromEntries(
      matches.map(([, attribute = '', status = '']) => [lastName(attribute), status]),
    );
  return { log: byName(lines), summary: byName(rows) };
}

/** What the log said of builds when they ended; of some only results tell. */
function saidOfBuilds({ log }: Ran): Readonly<Record<string, string>> {
  const built = [...log.matchAll(/^(?:::group::)?\[\d+\/\d+\] built (\S+) on /gm)];
  const failed = [...log.matchAll(/^\[\d+\/\d+\] ✗ (\S+) failed on /gm)];
  return Object.fromEntries([
    ...built.map(([, name = '']) => [name, 'built'] as const),
    ...failed.map(([, name = '']) => [name, 'failed'] as const),
  ]);
}

it('log, summary and results agree with each other, whatever fails in whatever graph', async () => {
  for (const [salt, nodes] of fc.sample(graphs, { numRuns: 3, seed: 7 }).entries()) {
    const ran = await runScenario({
      ...{ builder, runner },
      attributes: attributesOf(nodes, salt),
      inputs: { 'keep-going': 'true' },
    });
    const statuses = expected(nodes);
    expect(ran.statuses, ran.log).toEqual(statuses);
    expect(told(ran)).toEqual({ log: statuses, summary: statuses });
    const said = Object.entries(saidOfBuilds(ran));
    expect(said.length, ran.log).toBeGreaterThan(0);
    expect(said).toEqual(said.map(([name]) => [name, statuses[name]]));
    const failed = Object.values(statuses).filter((status) => status !== 'built').length;
    const verdict = failed > 0 ? `❌ ${failed} of ${nodes.length} attributes failed` : '✅';
    expect(ran.summary).toContain(`## Nix Remote Build: ${verdict}`);
    for (const counts of countsIn(ran)) expect(counts).toEqual(countsOf(statuses));
  }
}, 120_000);

/** How many there are of each status, as the log's last line and the summary's first have it. */
function countsIn({ log, summary }: Ran): readonly Readonly<Record<string, number>>[] {
  const texts = [
    / attributes? in .+?: (.+); sent /.exec(log),
    /<\/code>[^\n]*?\. (\d.+)\.\n/.exec(summary),
  ];
  return texts.map((match) =>
    Object.fromEntries(
      (match?.[1] ?? '').split(', ').map((part) => {
        const [count, status = ''] = part.split(' ');
        return [status, Number(count)] as const;
      }),
    ),
  );
}

function countsOf(statuses: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  const groups = Map.groupBy(Object.values(statuses), (status) => status);
  return Object.fromEntries([...groups].map(([status, all]) => [status, all.length]));
}

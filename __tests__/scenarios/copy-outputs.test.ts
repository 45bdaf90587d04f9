import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  until,
  type Attributes,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import {
  finishScenario,
  linkTarget,
  makeWorkspace,
  outputPath,
  prepareScenario,
  runScenario,
  type Ran,
  type Scenario,
} from '../helpers/scenario.ts';

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder();
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

const run = (attributes: Attributes, scenario: Partial<Scenario> = {}): Promise<Ran> =>
  runScenario({ builder, runner, attributes, ...scenario });

/** Names of all links in the workspace, and where they lead. */
async function linksIn({ workspace }: Pick<Ran, 'workspace'>): Promise<Record<string, string>> {
  const text = await runner.output(['find', workspace, '-type', 'l', '-printf', '%f %l\\n']);
  const lines = text.split('\n').filter(Boolean);
  return Object.fromEntries(lines.map((line): string[] => line.split(' ', 2))) as Record<
    string,
    string
  >;
}

const collectGarbage = (): Promise<string> =>
  runner.output(['nix-collect-garbage'], { user: runner.owner });

describe('copy-outputs', () => {
  const pair = (prefix: string): Attributes => ({
    'app-one': recipes.file(`${prefix}-app-one`, 100),
    'app-two': recipes.file(`${prefix}-app-two`, 100),
    lib: recipes.file(`${prefix}-lib`, 100),
  });

  it('by default copies nothing', async () => {
    const ran = await run(pair('none'));
    expect(ran.results.map(({ copied }) => copied)).toEqual([false, false, false]);
    expect(await linksIn(ran)).toEqual({});
    expect(await runner.validPaths([outputPath(ran, 'lib')])).toEqual(new Set());
  });

  it('takes globs of attribute names, one per line', async () => {
    const ran = await run(pair('globs'), {
      inputs: { 'copy-outputs': 'app-t*\npackages.*.lib\napp-tree' },
    });
    expect(await linksIn(ran), ran.log).toEqual({
      'result-app-two': outputPath(ran, 'app-two'),
      'result-lib': outputPath(ran, 'lib'),
    });
    expect(await runner.validPaths([outputPath(ran, 'app-one')])).toEqual(new Set());
    const copied = ran.results.filter((entry) => entry.copied).map(({ attribute }) => attribute);
    expect(copied.map((name) => name.split('.').at(-1))).toEqual(['app-two', 'lib']);
    expect(ran.log).toContain("::warning::copy-outputs: no attribute matches 'app-tree'\n");
  });

  it('brings the whole closure, and nothing that was only needed to build', async () => {
    const ran = await run(
      {
        tool: recipes.file('closure-tool', 1000),
        base: recipes.file('closure-base', 1000),
        top: recipes.script(
          'closure-top',
          'wc -c ${tool} | cut -c1-4 > $out; echo ${base} >> $out',
        ),
      },
      { inputs: { 'copy-outputs': '*.top' } },
    );
    expect(ran.code, ran.log).toBe(0);
    const [tool, base, top] = ['tool', 'base', 'top'].map((name) => outputPath(ran, name));
    expect(await runner.validPaths([tool ?? '', base ?? '', top ?? ''])).toEqual(
      new Set([base, top]),
    );
    expect(await runner.read(top ?? '')).toContain(base);
  });
});

describe('outputs and their links', () => {
  const both = (name: string): string => recipes.multipleOutputs(name, ['out', 'dev', 'doc']);

  it('are named by the installable’s position, as nix build names them', async () => {
    const attributes = { a: both('named-a'), b: both('named-b'), c: both('named-c') };
    const installables = ['a', 'b^out,dev', 'c^*'].map((name) => `path:.#${name}`);
    const ran = await run(attributes, {
      inputs: { installables: installables.join('\n'), 'copy-outputs': 'true' },
    });
    expect(ran.code, ran.log).toBe(0);
    expect(await linksIn(ran)).toEqual({
      result: outputPath(ran, 'a'),
      'result-1': outputPath(ran, 'b'),
      'result-1-dev': outputPath(ran, 'b', 'dev'),
      'result-2': outputPath(ran, 'c'),
      'result-2-dev': outputPath(ran, 'c', 'dev'),
      'result-2-doc': outputPath(ran, 'c', 'doc'),
    });
    const ours = await linksIn(ran);
    // Stock Nix, asked for the same where all is there already, names them the same.
    await runner.output(['find', ran.workspace, '-type', 'l', '-delete']);
    const inWorkspace = { user: ran.user, cwd: ran.workspace } as const;
    await runner.output(['nix', 'build', ...installables], inWorkspace);
    expect(ours).toEqual(await linksIn(ran));
  });

  it('have the prefix that out-link says, and none if it is empty', async () => {
    const attributes = { a: both('prefix-a') };
    const inputs = { installables: 'path:.#a^dev', 'copy-outputs': 'true' };
    const named = await run(attributes, { inputs: { ...inputs, 'out-link': 'made' } });
    expect(await linksIn(named)).toEqual({ 'made-dev': outputPath(named, 'a', 'dev') });
    const bare = await run(attributes, { inputs: { ...inputs, 'out-link': '' } });
    expect(await linksIn(bare)).toEqual({});
    expect(bare.results[0]?.copied).toBe(true);
  });

  it('are named after the attribute where a set was expanded', async () => {
    const ran = await run(
      { one: recipes.file('set-one', 10), 'with.dot': recipes.file('set-dot', 10) },
      { inputs: { installables: 'path:.#checks', 'copy-outputs': 'true' } },
    );
    expect(Object.keys(await linksIn(ran)).toSorted(), ran.log).toEqual([
      'result-one',
      'result-with.dot',
    ]);
  });

  it('replace links into the store, and nothing else', async () => {
    const attributes = { a: recipes.file('way-a', 10), b: recipes.file('way-b', 10) };
    const workspace = await makeWorkspace(runner, 'owner');
    const inputs = { 'copy-outputs': 'true' };
    const first = await run(attributes, { workspace, inputs });
    expect(first.code, first.log).toBe(0);
    await runner.output(['ln', '-sfn', '/nix/store', `${workspace}/result-other`]);
    await runner.output(['rm', `${workspace}/result-a`]);
    await runner.write(workspace, { 'result-a': 'mine' }, 'owner');
    const changed = { ...attributes, b: recipes.file('way-b-2', 10) };
    const second = await run(changed, { workspace, inputs });
    expect(second.statuses).toEqual({ a: 'cached', b: 'built' });
    expect(second.code).toBe(1);
    expect(second.log).toContain(
      `::error::out-link: ${workspace}/result-a exists and is not a link into /nix/store. ` +
        `Remove it, or choose another prefix with out-link.`,
    );
    expect(await runner.read(`${workspace}/result-a`)).toBe('mine');
    expect(await linkTarget(runner, second, 'result-b')).toBe(outputPath(second, 'b'));
    expect(outputPath(second, 'b')).not.toBe(outputPath(first, 'b'));
  });

  it('are spared by a garbage collection, while others are not', async () => {
    const attributes = { kept: recipes.file('gc-kept', 10), lost: recipes.file('gc-lost', 10) };
    const inputs = { 'copy-outputs': 'true' };
    const ran = await run(attributes, { inputs });
    const kept = outputPath(ran, 'kept');
    const lost = outputPath(ran, 'lost');
    await runner.output(['rm', `${ran.workspace}/result-lost`]);
    await collectGarbage();
    expect(await runner.validPaths([kept, lost])).toEqual(new Set([kept]));
    const again = await run(attributes, { workspace: ran.workspace, inputs });
    expect(again.statuses).toEqual({ kept: 'cached', lost: 'cached' });
    await collectGarbage();
    expect(await runner.validPaths([kept, lost])).toEqual(new Set([kept, lost]));
  });
});

it('an output is back while other attributes still build', async () => {
  const prepared = await prepareScenario({
    builder,
    runner,
    attributes: {
      fast: recipes.file('meanwhile-fast', 10),
      slow: recipes.script('meanwhile-slow', 'sleep 10; echo > $out'),
    },
    inputs: { 'copy-outputs': 'true' },
  });
  const finished = finishScenario(prepared);
  // The name of a store path shows once it is there; it is moved there whole.
  const arrived = await until(20_000, 'arrival of the fast output', async () => {
    const names = await runner.output(['ls', '/nix/store']);
    return /^[0-9a-z]{32}-meanwhile-fast$/m.exec(names)?.[0];
  });
  const valid = `/nix/store/${arrived}`;
  await until(20_000, 'registration of the fast output', async () =>
    (await runner.validPaths([valid])).has(valid),
  );
  expect((await builder.builds()).length).toBeGreaterThan(0);
  const ran = await finished;
  expect(ran.statuses).toEqual({ fast: 'built', slow: 'built' });
  expect(outputPath(ran, 'fast')).toBe(valid);
});

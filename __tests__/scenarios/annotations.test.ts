import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  SUITES,
  writeFlake,
  type Builder,
} from '../../lab/index.ts';
import { finishScenario, makeWorkspace, prepareScenario, type Ran } from '../helpers/scenario.ts';

/** Where an error annotation stands, by its title. */
function places({ log }: Ran): Readonly<Record<string, string>> {
  const all = [...log.matchAll(/^::error (.*?)::/gm)].map(([, properties = '']) =>
    Object.fromEntries(properties.split(',').map((each) => each.split('=') as [string, string])),
  );
  return Object.fromEntries(
    all.flatMap(({ title, file = '-', line = '-' }) =>
      title === undefined ? [] : [[title.replace('%3A', ':'), `${file}:${line}`]],
    ),
  );
}

const POSITIONED = `(${recipes.failing('broken')}) // {
  meta.position = let at = builtins.unsafeGetAttrPos "a" { a = 1; }; in "\${at.file}:\${toString at.line}";
}`;

describe.concurrent('annotations stand in files of the repository', () => {
  let builder: Builder;

  beforeAll(async () => {
    builder = await startBuilder({ suite: 'sid' });
  });

  afterAll(() => builder.stop());

  const kinds = [
    ['of a git flake', '.#packages', true],
    ['of a folder', 'path:.#packages', false],
    ['of a flake in a folder below', './sub#packages', true],
  ] as const;

  it.each(SUITES.flatMap((suite) => kinds.map((kind) => [suite, ...kind] as const)))(
    'with Nix of %s, %s',
    async (suite, name, installables, git) => {
      await using runner = await startNixHost({
        suite,
        nix: 'user-owned',
        name: `runner-${suite}`,
      });
      const workspace = await makeWorkspace(runner, 'owner');
      const isBelow = installables.startsWith('./sub');
      const folder = isBelow ? `${workspace}/sub` : workspace;
      const attributes = {
        broken: POSITIONED,
        throws: recipes.throwing('thrown here'),
        wrong: recipes.hashMismatch('wrong'),
      };
      await writeFlake(runner, folder, attributes, 'owner', { git });
      const prepared = await prepareScenario({
        ...{ builder, runner, workspace },
        inputs: { installables, 'keep-going': 'true' },
      });
      const ran = await finishScenario(prepared);
      const text = await runner.read(`${folder}/flake.nix`);
      const lineOf = (part: string): number =>
        text.split('\n').findIndex((line) => line.includes(part)) + 1;
      const file = isBelow ? 'sub/flake.nix' : 'flake.nix';
      const system = 'packages.x86_64-linux';
      expect(places(ran), `${name}: ${ran.log}`).toEqual({
        [`${system}.broken: failed`]: `${file}:${lineOf('meta.position')}`,
        [`${system}.throws: evaluation-failed`]: `${file}:${lineOf('thrown here')}`,
        // Which file holds it, git is asked.
        [`${system}.wrong: failed`]: git ? `${file}:${lineOf('"wrong" =')}` : '-:-',
      });
    },
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startNixHost } from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { printAttrPath } from '../../src/domain/attr-path.ts';
import { nixString } from '../../src/nix/walk-program.ts';
import { evaluateOn } from '../helpers/evaluation.ts';

/** A value below a flake. */
type Node = Leaf | Inner;
type Leaf = 'derivation' | 'throw' | 'abort' | 'text' | 'throwing-set';

interface Inner {
  readonly recurse: boolean;
  readonly children: Readonly<Record<string, Node>>;
}

const leaf = fc.constantFrom<Leaf>(
  'derivation',
  'derivation',
  'throw',
  'abort',
  'text',
  'throwing-set',
);
const name = fc.constantFrom('a', 'b', 'c', 'd.e', 'f g', '7', 'Z', '_', "h'", 'é');

const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({
      recurse: fc.boolean(),
      children: fc.dictionary(name, tie('node'), { maxKeys: 5 }),
    }),
  ),
}));

const LEAVES: Readonly<Record<Leaf, string>> = {
  derivation: 'derivation { name = "x"; system = "s-s"; builder = "/b"; }',
  throw: 'throw "thrown"',
  abort: 'abort "aborted"',
  text: '"text"',
  'throwing-set': '{ recurseForDerivations = throw "thrown"; }',
};

function nixOf(tree: Node): string {
  if (typeof tree === 'string') return LEAVES[tree];
  const attributes = Object.entries(tree.children).map(
    ([each, child]) => `${nixString(each)} = ${nixOf(child)};`,
  );
  return `{ recurseForDerivations = ${tree.recurse}; ${attributes.join(' ')} }`;
}

/** What nix-eval-jobs' rule makes of the children of a set that is entered, in order: path and outcome. */
function expectedOf(tree: Inner, path: readonly string[]): readonly string[] {
  const names = Object.keys(tree.children).sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  return names.flatMap((each) => {
    const child = tree.children[each] ?? 'text';
    const below = [...path, each];
    if (child === 'text') return [];
    if (typeof child === 'string') {
      return [`${printAttrPath(below)} ${child === 'derivation' ? 'derivation' : 'failed'}`];
    }
    return child.recurse ? expectedOf(child, below) : [];
  });
}

it.each(TESTED_SUITES)(
  'random trees of attributes come out as computed, Debian %s',
  async (suite) => {
    await using host = await startNixHost({ suite, name: 'runner' });
    const trees = fc
      .sample(node, 60)
      .filter((tree) => typeof tree !== 'string')
      .slice(0, 12);
    const outputs = trees.map((tree, index) => `t${index} = ${nixOf(tree)};`);
    const flake = `{ outputs = _: {\n${outputs.join('\n')}\n}; }`;
    await host.write('/home/ci', { 'flake.nix': flake }, 'ci');

    const installables = trees.map((_, index) => `path:.#t${index}`);
    const { attributes } = await evaluateOn(host, installables);

    const expected = trees.flatMap((tree, index) => {
      const below = expectedOf(tree, [`t${index}`]);
      return below.length === 0 ? [`t${index} failed`] : below;
    });
    expect(
      attributes.map(({ attribute, kind }) => `${attribute} ${kind}`),
      flake,
    ).toEqual(expected);
  },
);

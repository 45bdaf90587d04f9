import { readFile } from 'node:fs/promises';
import { type Attributes, type NixHost, writeFlake } from '../../lab/index.ts';
import {
  type DrvPath,
  parseDrvPath,
  parseStorePath,
  type StorePath,
} from '../../src/domain/store-path.ts';
import { candidatePaths, derivationClosure } from '../../src/store/derivation-closure.ts';
import type { Store } from '../../src/store/store.ts';

const PACKAGES = '.#packages.x86_64-linux';

/** Evaluates a flake with these attributes on the host: attribute → derivation, which is then in the host's store. */
export async function instantiate(
  host: NixHost,
  attributes: Attributes,
): Promise<Record<string, DrvPath>> {
  const folder = `/root/flake-${Math.random().toString(36).slice(2)}`;
  await writeFlake(host, folder, attributes);
  const apply = 'builtins.mapAttrs (name: value: value.drvPath)';
  const argv = ['nix', 'eval', '--json', PACKAGES, '--apply', apply];
  const drvPaths = JSON.parse(await host.output(argv, { cwd: folder })) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(drvPaths).map(([name, path]) => [name, parseDrvPath(path)]),
  );
}

/** Builds all outputs of a derivation; the path of `out`. */
export async function buildOut(store: Store, drvPath: DrvPath): Promise<StorePath> {
  const [result] = await store.build([{ kind: 'built', drvPath, outputs: 'all' }], 'normal');
  if (result?.errorMessage !== '') throw new Error(result?.errorMessage ?? 'no result');
  const outputs = await store.queryDerivationOutputMaps([drvPath]);
  return parseStorePath(outputs.get(drvPath)?.get('out') ?? '');
}

/** What the outputs of a derivation may refer to, from the `.drv` files in the host's store. */
export async function candidatesOf(
  host: NixHost,
  drvPath: DrvPath,
): Promise<ReadonlySet<StorePath>> {
  return candidatePaths(
    await derivationClosure([drvPath], (path) => readFile(host.path(path), 'utf8')),
  );
}

/** `count` paths of `size` random bytes, all referred to by `top`. */
export function wideGraph(count: number, size: number): Attributes {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  return {
    ...Object.fromEntries(
      names.map((name) => [name, `sh "${name}" "head -c ${size} /dev/urandom > $out"`]),
    ),
    top: `sh "top" "echo ${names.map((name) => `\${${name}}`).join(' ')} > $out"`,
  };
}

/** A chain of `depth` paths, each of which refers to the one before; `top` is the last. */
export function deepGraph(depth: number): Attributes {
  const names = Array.from({ length: depth }, (_, index) => `p${index}`);
  const link = (index: number) => (index === 0 ? 'start' : `\${p${index - 1}}`);
  return {
    ...Object.fromEntries(
      names.map((name, index) => [name, `sh "${name}" "echo ${link(index)} > $out"`]),
    ),
    top: `sh "top" "echo \${p${depth - 1}} > $out"`,
  };
}

import { expect } from 'vitest';
import {
  recipes,
  writeFlake,
  type Attributes,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { outputPath, runScenario, type Ran } from './scenario.ts';

/** Builds a derivation in the runner's store alone: an input-addressed path that nobody has signed. */
export async function buildHere(
  runner: NixHost,
  name: string,
  attributes: Attributes = { [name]: recipes.file(name, 1000) },
): Promise<string> {
  const user = runner.owner;
  const folder = await runner.output(['mktemp', '-d', '/tmp/input-XXXXXX'], { user });
  await writeFlake(runner, folder, attributes, user);
  await runner.output(['nix', 'build', '--no-link', `path:${folder}#${name}`], { user });
  // Nix 2.8 knows no --print-out-paths.
  return await runner.output(['nix', 'eval', '--raw', `path:${folder}#${name}.outPath`], { user });
}

/** Signs a path on the runner. */
export async function signHere(runner: NixHost, path: string, secretKey: string): Promise<void> {
  const user = runner.owner;
  const folder = await runner.output(['mktemp', '-d', '/tmp/key-XXXXXX'], { user });
  await runner.write(folder, { key: secretKey }, user);
  await runner.output(['nix', 'store', 'sign', '--key-file', `${folder}/key`, path], { user });
}

/** A derivation among whose sources is a path of the store. */
export function using(name: string, path: string): string {
  return recipes.script(name, 'cat $source > $out', `source = builtins.storePath "${path}";`);
}

export interface InputScenario {
  readonly builder: Builder;
  readonly runner: NixHost;
  readonly login: UserName;
  /** Distinct for each run on the same hosts. */
  readonly salt: string;
  /** Store paths of the runner, by the attribute that uses them. */
  readonly paths: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Builds attributes that use these paths, one that needs all of them, and `plain`, which needs none but has sources of its own. */
export async function buildUsing({ salt, paths, inputs, ...hosts }: InputScenario): Promise<Ran> {
  const users = Object.entries(paths).map(
    ([name, path]) => [name, using(`${salt}-${name}`, path)] as const,
  );
  const everything = users.map(([name]) => `\${${name}}`).join(' ');
  return await runScenario({
    ...hosts,
    attributes: {
      ...Object.fromEntries(users),
      all: recipes.script(`${salt}-all`, `cat ${everything} > $out`),
      plain: recipes.script(`${salt}-plain`, 'echo plain > $out'),
    },
    inputs: { 'eval-args': '--impure', ...inputs },
  });
}

/** The input came over and was built with. */
export async function expectUsed(
  { builder, runner }: Pick<InputScenario, 'builder' | 'runner'>,
  ran: Ran,
  paths: InputScenario['paths'],
): Promise<void> {
  const names = Object.keys(paths);
  const good = Object.fromEntries([...names, 'all', 'plain'].map((name) => [name, 'built']));
  expect(ran.statuses, ran.log).toEqual(good);
  for (const [name, path] of Object.entries(paths)) {
    expect(await builder.read(outputPath(ran, name))).toBe(await runner.read(path));
  }
}

import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  SYSTEM,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { runScenario, type Ran } from '../helpers/scenario.ts';

/** The builder says that it can; what it builds are shell scripts, so it really can. */
const OTHER = SYSTEM === 'x86_64-linux' ? 'aarch64-linux' : 'x86_64-linux';
const NOBODYS = 'riscv64-linux';

const OUTPUTS = `
  packages.${OTHER}.other = ${recipes.foreign('other', OTHER)};
  checks.${OTHER}.other = ${recipes.foreign('other-check', OTHER)};
  checks.${NOBODYS}.nobodys = abort "evaluated for a system that nobody offers";
`;

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder({ nixConf: [`extra-platforms = ${OTHER}`] });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

const run = (
  inputs: Readonly<Record<string, string>>,
  login: UserName = 'ci',
  query?: string,
): Promise<Ran> =>
  runScenario({
    builder,
    runner,
    login,
    query,
    attributes: { own: recipes.file('own', 10) },
    flake: { outputs: OUTPUTS },
    inputs,
  });

const attributesOf = ({ results }: Ran) =>
  results.map(({ attribute, system, status }) => `${attribute} ${system} ${status}`).toSorted();

it('checks are those of every system that the remote says it builds for', async () => {
  const ran = await run({ installables: 'path:.#checks' });
  expect(attributesOf(ran), ran.log).toEqual(
    [`checks.${OTHER}.other ${OTHER} built`, `checks.${SYSTEM}.own ${SYSTEM} built`].toSorted(),
  );
  expect(ran.log).toMatch(
    new RegExp(
      `^evaluated 2 attributes in .+; those for ${NOBODYS} are not for this builder$`,
      'm',
    ),
  );
  expect(ran.code).toBe(0);
});

it('checks are those of the systems that the store’s URI names', async () => {
  const ran = await run({ installables: 'path:.#checks' }, 'ci', `systems=${OTHER}`);
  expect(attributesOf(ran), ran.log).toEqual([
    expect.stringContaining(`checks.${OTHER}.other ${OTHER} `) as string,
  ]);
});

it('an installable without a system is one of the runner’s, or of the one that is asked for', async () => {
  const own = await run({ installables: 'path:.#own' });
  expect(attributesOf(own)).toEqual([
    expect.stringContaining(`packages.${SYSTEM}.own ${SYSTEM} `) as string,
  ]);
  const other = await run({ installables: 'path:.#other', system: OTHER });
  expect(attributesOf(other), other.log).toEqual([
    expect.stringContaining(`packages.${OTHER}.other ${OTHER} `) as string,
  ]);
});

it('where the remote cannot say, the runner’s system is taken, and what is left out is told', async () => {
  const ran = await run({ installables: 'path:.#checks' }, 'forced');
  expect(attributesOf(ran), ran.log).toEqual([
    expect.stringContaining(`checks.${SYSTEM}.own ${SYSTEM} `) as string,
  ]);
  expect(ran.log).toMatch(/^::notice::.*does not say which systems it builds for/m);
  const asked = await run({ installables: 'path:.#checks', system: SYSTEM }, 'forced');
  expect(asked.log).not.toContain('does not say which systems');
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  SUITES,
  type Builder,
  type Suite,
} from '../../lab/index.ts';
import { expectNothingLeft, machineUri } from '../helpers/builders.ts';
import { machinesInputs } from '../helpers/machines.ts';
import { lastName, outputPath, runScenario } from '../helpers/scenario.ts';

let builders: Readonly<Record<Suite, Builder>>;

beforeAll(async () => {
  const start = (suite: Suite): Promise<Builder> =>
    startBuilder({ suite, name: suite, nixConf: [`extra-system-features = ${suite}`] });
  const [bookworm, trixie, sid] = await Promise.all([
    start('bookworm'),
    start('trixie'),
    start('sid'),
  ]);
  builders = { bookworm, trixie, sid };
});

afterAll(async () => {
  await Promise.all(Object.values(builders).map((builder) => builder.stop()));
});

/** What the machine of that suite builds, from what another has built. */
function builtBy(suite: Suite, name: string, before?: string): string {
  const text = `{ ${before === undefined ? '' : `cat \${${before}}; `}echo ${name}; } > $out`;
  return recipes.script(name, text, `requiredSystemFeatures = [ "${suite}" ];`);
}

it.each(
  SUITES.flatMap((suite) => (['ssh-ng', 'ssh'] as const).map((each) => [suite, each] as const)),
)('machines of all versions build one graph for the Nix of %s over %s', async (suite, protocol) => {
  await using runner = await startNixHost({ suite, name: 'runner', nix: 'user-owned' });
  const salt = `${suite}-${protocol}`;
  const machines = Object.entries(builders).map(([feature, builder]) => ({
    ...{ builder, protocol, supportedFeatures: [feature] },
  }));
  const ran = await runScenario({
    builder: builders.sid,
    runner,
    attributes: {
      one: builtBy('bookworm', `${salt}-one`),
      two: builtBy('trixie', `${salt}-two`, 'one'),
      three: builtBy('sid', `${salt}-three`, 'two'),
      four: builtBy('bookworm', `${salt}-four`, 'three'),
      five: builtBy('sid', `${salt}-five`, 'four'),
      six: builtBy('trixie', `${salt}-six`, 'five'),
    },
    inputs: machinesInputs(machines),
  });
  const who = ran.results.map(({ attribute, remote }) => [lastName(attribute), remote]);
  const machine = (each: Suite): string => machineUri(builders[each], { protocol });
  expect(Object.fromEntries(who), ran.log).toEqual({
    ...{ one: machine('bookworm'), two: machine('trixie'), three: machine('sid') },
    ...{ four: machine('bookworm'), five: machine('sid'), six: machine('trixie') },
  });
  const names = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `${salt}-${name}\n`);
  expect(await runner.read(outputPath(ran, 'six'))).toBe(names.join(''));
  await expectNothingLeft(runner);
});

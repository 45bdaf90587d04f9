import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  SUITES,
  USERS,
  type Builder,
} from '../../lab/index.ts';
import { expectNothingLeft, machineUri } from '../helpers/builders.ts';
import { credentialsOf } from '../helpers/machines.ts';
import { lastName, runScenario } from '../helpers/scenario.ts';

const SYSTEM = 'i686-linux';

/** The example of Nix's manual, on distributed builds. */
describe("the manual's example", () => {
  let scratchy: Builder;
  let itchy: Builder;
  let poochie: Builder;

  beforeAll(async () => {
    const nixConf = ['extra-system-features = kvm'];
    [scratchy, itchy, poochie] = await Promise.all([
      startBuilder({ name: 'scratchy', nixConf }),
      startBuilder({ name: 'itchy', nixConf }),
      startBuilder({ name: 'poochie', nixConf }),
    ]);
  });

  afterAll(async () => {
    await Promise.all([scratchy, itchy, poochie].map((builder) => builder.stop()));
  });

  it.each(SUITES)('is built as the manual says, with the Nix of %s', async (suite) => {
    await using runner = await startNixHost({ suite, name: 'runner', nix: 'user-owned' });
    const keyFile = (builder: Builder): string => `${USERS.owner.home}/id_${builder.name}`;
    for (const builder of [scratchy, itchy, poochie]) {
      const name = path.basename(keyFile(builder));
      await runner.write(USERS.owner.home, { [name]: builder.key.privateKey }, 'owner');
      await runner.output(['chmod', '600', keyFile(builder)]);
    }
    const line = (builder: Builder, rest: string): string =>
      `${machineUri(builder)} ${SYSTEM} ${keyFile(builder)} ${rest}`;
    const ran = await runScenario({
      ...{ builder: scratchy, runner, flake: { system: SYSTEM } },
      attributes: {
        regular: recipes.file(`${suite}-regular`, 10),
        virtual: recipes.demanding(`${suite}-virtual`, ['kvm']),
        measured: recipes.demanding(`${suite}-measured`, ['benchmark']),
        both: recipes.demanding(`${suite}-both`, ['benchmark', 'kvm']),
        neither: recipes.demanding(`${suite}-neither`, ['big-parallel']),
      },
      inputs: {
        ...credentialsOf([scratchy, itchy, poochie].map((builder) => ({ builder }))),
        'ssh-key': '',
        installables: `path:.#packages.${SYSTEM}`,
        store: '',
        builders: [
          '# name           system     key        jobs speed supported mandatory',
          line(scratchy, '8 1 kvm'),
          line(itchy, '8 2'),
          line(poochie, '1 2 kvm benchmark'),
        ].join('\n'),
        'max-jobs': '0',
        'keep-going': 'true',
      },
    });
    const told = ran.results.map(({ attribute, status, remote }) => [
      lastName(attribute),
      remote ?? status,
    ]);
    expect(Object.fromEntries(told), ran.log).toEqual({
      regular: machineUri(itchy),
      virtual: machineUri(scratchy),
      measured: machineUri(poochie),
      both: machineUri(poochie),
      neither: 'unsupported-system',
    });
    await expectNothingLeft(runner);
  });
});

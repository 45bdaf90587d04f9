import { afterAll, beforeAll, expect, it } from 'vitest';
import { recipes, startBuilder, startNixHost, type Builder } from '../../lab/index.ts';
import { configuration, expectNothingLeft, machineLine, machineUri } from '../helpers/builders.ts';
import { setUpOffload } from '../helpers/offload.ts';

let builder: Builder;

beforeAll(async () => {
  builder = await startBuilder();
});

afterAll(() => builder.stop());

it.each([
  ['user-owned', 'owner'],
  ['daemon', 'trusted'],
  ['daemon', 'sudoer'],
] as const)('later steps build on machines, where Nix is %s, as %s', async (nix, user) => {
  await using runner = await startNixHost({ name: 'runner', nix });
  const before = await configuration(runner);
  const inputs = { store: '', builders: machineLine(builder) };
  await using later = await setUpOffload({ builder, runner, user, inputs });
  expect(later.main.log).toContain(machineUri(builder));
  expect(later.main.log).not.toContain('remote-program');
  const names = ['NIX_USER_CONF_FILES', 'NIX_DAEMON_SOCKET_PATH', 'NIX_REMOTE'];
  expect(Object.keys(later.env).sort()).toEqual(
    (user === 'sudoer' ? names : ['NIX_USER_CONF_FILES']).sort(),
  );
  expect(await later.output(['nix', 'config', 'show', 'builders'])).toMatch(
    /^ssh-ng:\/\/localhost\?remote-program=\S+ x86_64-linux - 4 1 - -/,
  );

  await later.writeFlake({
    leaf: recipes.file(`leaf-${nix}-${user}`, 1000),
    top: recipes.script(`top-${nix}-${user}`, 'wc -c < ${leaf} > $out'),
    imported: recipes.importFromDerivation(`imported-${nix}-${user}`),
  });
  await later.output(['nix', 'build', 'path:.#top', 'path:.#imported']);
  const paths = await later.outPaths(['leaf', 'top', 'imported']);
  expect(await builder.validPaths(paths)).toEqual(new Set(paths));
  expect(await runner.validPaths(paths)).toEqual(new Set(paths));

  const post = await later.stop();
  expect(post.code, post.log).toBe(0);
  await expectNothingLeft(runner);
  expect(await configuration(runner)).toEqual(before);
  await later.writeFlake({ after: recipes.file(`after-${nix}-${user}`, 10) });
  const plain = ['nix', 'build', '--no-link', 'path:.#after'];
  await runner.output(plain, { user, cwd: later.workspace });
});

import { expect } from 'vitest';
import { recipes, type Builder, type NixHost, type UserName } from '../../lab/index.ts';
import { configuration, expectNothingLeft, machineLine, machineUri } from './builders.ts';
import { setUpOffload } from './offload.ts';

/** The second is the older name. */
const SHOW_CONFIG = ['sh', '-c', 'nix config show || nix show-config'];

let salts = 0;

/** Sets up builders, builds in later steps, and shows that post leaves all as it was. */
export async function expectLaterSteps(
  builder: Builder,
  runner: NixHost,
  user: UserName,
): Promise<void> {
  const salt = `later-${(salts += 1)}`;
  const before = await configuration(runner);
  const inputs = { store: '', builders: machineLine(builder) };
  await using later = await setUpOffload({ builder, runner, user, inputs });
  expect(later.main.log).toContain(machineUri(builder));
  expect(later.main.log).not.toContain('remote-program');
  const ofDaemon = user === 'sudoer' ? ['NIX_DAEMON_SOCKET_PATH', 'NIX_REMOTE'] : [];
  expect(Object.keys(later.env).sort()).toEqual([...ofDaemon, 'NIX_USER_CONF_FILES']);
  expect(await later.output(SHOW_CONFIG)).toMatch(
    /^builders = ssh-ng:\/\/localhost\?remote-program=\S+ x86_64-linux - 4 1 - -/m,
  );

  await later.writeFlake({
    leaf: recipes.file(`leaf-${salt}`, 1000),
    top: recipes.script(`top-${salt}`, 'wc -c < ${leaf} > $out'),
    imported: recipes.importFromDerivation(`imported-${salt}`),
  });
  await later.output(['nix', 'build', 'path:.#top', 'path:.#imported']);
  const paths = await later.outPaths(['leaf', 'top', 'imported']);
  expect(await builder.validPaths(paths)).toEqual(new Set(paths));
  expect(await runner.validPaths(paths)).toEqual(new Set(paths));

  const post = await later.stop();
  expect(post.code, post.log).toBe(0);
  await expectNothingLeft(runner);
  expect(await configuration(runner)).toEqual(before);
  await later.writeFlake({ after: recipes.file(`after-${salt}`, 10) });
  const plain = ['nix', 'build', '--no-link', 'path:.#after'];
  await runner.output(plain, { user, cwd: later.workspace });
}

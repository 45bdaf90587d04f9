import type { UserName } from '../lab/index.ts';
import type { Hosts, OursLap, Way } from './hosts.ts';
import type { Derivation } from './ours/request.ts';

/** A closure to be copied to the runner, as which of the builder's users, which way. */
export interface Copy {
  readonly root: Derivation;
  /** The closure of its output. */
  readonly paths: readonly string[];
  readonly login: UserName;
  readonly way: Way;
}

/** Has the root built, and asks for its closure. */
export async function prepareCopy(
  hosts: Hosts,
  attribute: string,
  login: UserName,
  way: Way,
): Promise<Copy> {
  const [root] = await hosts.build([attribute]);
  if (!root) throw new Error(`${attribute} was not built`);
  return { root, paths: await hosts.closure([root.output]), login, way };
}

/** From a runner that has none of it to one that has been seen to have all of it; only the copy itself is timed. */
export async function oursCopies(hosts: Hosts, copy: Copy): Promise<OursLap> {
  await hosts.forget(copy.paths);
  const lap = await hosts.ours('copy', copy.way, copy.login, [copy.root]);
  await hosts.verify(copy.paths);
  return lap;
}

/** The same with `nix copy`. @returns seconds */
export async function stockCopies(hosts: Hosts, copy: Copy): Promise<number> {
  await hosts.forget(copy.paths);
  const from = ['--from', `ssh-ng://${copy.login}@${hosts.builder.name}`];
  const argv = ['nix', 'copy', '--no-check-sigs', ...from, copy.root.output];
  const taken = await hosts.stock(copy.way, argv);
  await hosts.verify(copy.paths);
  return taken;
}

/** The least that stock can ask of a builder. @returns seconds */
export async function stockConnects(hosts: Hosts, login: UserName, way: Way): Promise<number> {
  const store = `ssh-ng://${login}@${hosts.builder.name}`;
  return hosts.stock(way, ['nix', 'store', 'info', '--store', store]);
}

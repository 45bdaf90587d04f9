import { USERS, type User, type UserName } from './users.ts';

const SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

/** Absolute, since it would be looked up with the PATH that is meant for the program inside. */
const NSENTER = '/usr/bin/nsenter';

/** How a program is run inside a host. */
export interface RunOptions {
  /** Default `root`. */
  readonly user?: UserName | undefined;
  /** Default: the user's home. */
  readonly cwd?: string | undefined;
  /** Beside HOME, USER, LOGNAME, PATH and LANG. `undefined` takes one of these away. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** What to give to spawn(). */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The command that starts a program in the namespaces of a host. */
export function enterCommand(
  hostPid: number,
  argv: readonly string[],
  options: RunOptions,
): Command {
  const user = USERS[options.user ?? 'root'];
  const ids = [`--reuid=${user.uid}`, `--regid=${user.uid}`, '--clear-groups'];
  const become = user.uid === 0 ? [] : ['/usr/bin/setpriv', ...ids];
  const enter = ['--target', `${hostPid}`, '--mount', '--pid', '--uts', '--ipc', '--'];
  const into = [...become, '/usr/bin/env', `--chdir=${options.cwd ?? user.home}`, '--'];
  return {
    program: NSENTER,
    args: [...enter, ...into, ...argv],
    env: environment(user, options.env ?? {}),
  };
}

function environment(
  user: User,
  more: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const all: Record<string, string | undefined> = {
    HOME: user.home,
    USER: user.name,
    LOGNAME: user.name,
    PATH: SEARCH_PATH,
    LANG: 'C.UTF-8',
    ...more,
  };
  const defined = Object.entries(all).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(defined);
}

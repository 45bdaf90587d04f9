/** A user of every host, with a home folder, `/bin/sh` (dash: no start files to wait for) and no password. */
export interface User {
  readonly name: UserName;
  readonly uid: number;
  readonly home: string;
}

/**
 * - `root`
 * - `ci`: an ordinary user, untrusted by the daemon
 * - `forced`: like `ci`; over SSH its keys can only run `nix-daemon --stdio`
 * - `trusted`: in the daemon's `trusted-users`
 * - `owner`: owns `/nix` where a host's `nix` is `user-owned`
 * - `sudoer`: like `ci`; may run anything as root with sudo, without a password, as on GitHub's own runners
 */
export type UserName = 'root' | 'ci' | 'forced' | 'trusted' | 'owner' | 'sudoer';

export const USERS: Readonly<Record<UserName, User>> = {
  root: { name: 'root', uid: 0, home: '/root' },
  ci: { name: 'ci', uid: 2001, home: '/home/ci' },
  forced: { name: 'forced', uid: 2002, home: '/home/forced' },
  trusted: { name: 'trusted', uid: 2003, home: '/home/trusted' },
  owner: { name: 'owner', uid: 2004, home: '/home/owner' },
  sudoer: { name: 'sudoer', uid: 2005, home: '/home/sudoer' },
};

const BUILD_GROUP = 30_000;
const BUILD_USERS = 32;

/** A shell script that makes the users in a root folder, whose path is its first argument. */
export function makeUsersScript(): string {
  const ordinary = Object.values(USERS).filter((user) => user.uid !== 0);
  const builders = Array.from({ length: BUILD_USERS }, (_, index) => ({
    name: `nixbld${index + 1}`,
    uid: BUILD_GROUP + index + 1,
  }));
  const passwd = [
    ...ordinary.map(({ name, uid, home }) => `${name}:x:${uid}:${uid}::${home}:/bin/sh`),
    ...builders.map(({ name, uid }) => `${name}:x:${uid}:${BUILD_GROUP}::/nonexistent:/bin/false`),
  ];
  const group = [
    ...ordinary.map(({ name, uid }) => `${name}:x:${uid}:`),
    `nixbld:x:${BUILD_GROUP}:${builders.map(({ name }) => name).join(',')}`,
  ];
  const shadow = [...ordinary, ...builders].map(({ name }) => `${name}:*:20000:0:99999:7:::`);
  const append = (file: string, lines: readonly string[]) =>
    `cat >> "$1${file}" <<'END'\n${lines.join('\n')}\nEND`;
  return [
    'set -eu',
    `sed -i 's|^root:\\(.*\\):[^:]*$|root:\\1:/bin/sh|' "$1/etc/passwd"`,
    append('/etc/passwd', passwd),
    append('/etc/group', group),
    append('/etc/shadow', shadow),
    'mkdir -p "$1/nix"',
    `echo '${USERS.sudoer.name} ALL=(ALL:ALL) NOPASSWD: ALL' > "$1/etc/sudoers.d/lab"`,
    ...ordinary.map(({ uid, home }) => `install -d -m 0755 -o ${uid} -g ${uid} "$1${home}"`),
  ].join('\n');
}

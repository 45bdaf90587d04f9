import { isOffloadSocket } from '../domain/offload-socket.ts';

/*
 * What a child of ours may see of the environment. An impure evaluation reads any variable with builtins.getEnv, and so
 * does whatever git, ssh or a builder starts; so nothing is handed on that is not named here: no INPUT_*, no
 * ACTIONS_*, no GITHUB_TOKEN, no cloud credentials. Nor NIX_REMOTE: which store is used is ours to say.
 *
 * NIX_CONFIG and GIT_CONFIG_VALUE_* may hold access tokens, and have to pass: private flake inputs are fetched with them.
 */
const ALLOWED_NAMES: ReadonlySet<string> = new Set([
  // any program needs these
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'TZ', 'LOCALE_ARCHIVE'],
  ...['TMPDIR', 'TMP', 'TEMP'],
  // downloads: certificates and proxies
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO'],
  ...['http_proxy', 'https_proxy', 'ftp_proxy', 'all_proxy', 'no_proxy'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'ALL_PROXY', 'NO_PROXY'],
  // private flake inputs over SSH, and what the user told git about them; not GIT_DIR and such, which would mislead Nix
  ...['SSH_AUTH_SOCK', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM'],
  'GIT_CONFIG_COUNT',
  // facts about the run that impure evaluations stamp into versions; none of them a secret
  ...[
    'CI',
    'GITHUB_ACTIONS',
    'GITHUB_SERVER_URL',
    'GITHUB_REPOSITORY',
    'GITHUB_SHA',
    'GITHUB_REF',
    'GITHUB_REF_NAME',
  ],
  ...['GITHUB_REF_TYPE', 'GITHUB_RUN_ID', 'GITHUB_RUN_NUMBER', 'GITHUB_WORKSPACE'],
  // what Nix reads, by name: job-wide secrets are often called NIX_SIGNING_KEY and the like
  ...['NIX_CONFIG', 'NIX_CONF_DIR', 'NIX_USER_CONF_FILES', 'NIX_PATH', 'NIX_SSHOPTS'],
  ...['NIX_STORE_DIR', 'NIX_STATE_DIR', 'NIX_LOG_DIR', 'NIX_DATA_DIR'],
  ...['NIX_LOCALSTATE_DIR', 'NIX_BIN_DIR', 'NIX_LIBEXEC_DIR', 'NIX_CONFIG_HOME', 'NIX_CACHE_HOME'],
  ...['NIX_DATA_HOME', 'NIX_STATE_HOME', 'NIX_REMOTE_SYSTEMS', 'NIX_CURRENT_LOAD', 'NIX_PROFILES'],
  ...['NIX_IGNORE_SYMLINK_STORE', 'NIX_SSL_CERT_FILE', 'NIX_SHOW_STATS', 'NIX_ABORT_ON_WARN'],
  'NIXPKGS_CONFIG',
]);

const ALLOWED_PREFIXES = [
  'LC_',
  // where Nix and git keep configuration and caches
  'XDG_',
  'GIT_CONFIG_KEY_',
  'GIT_CONFIG_VALUE_',
  // NIXPKGS_ALLOW_UNFREE=1 with --impure is how nixpkgs is told
  'NIXPKGS_ALLOW_',
];

/**
 * Where the local daemon listens if that is not Nix's own place, once NIX_DAEMON_SOCKET_PATH names an offload socket: set-up moves it
 * here.
 */
export const LOCAL_DAEMON_VARIABLE = 'NIX_REMOTE_BUILD_LOCAL_DAEMON';

/** The variables of `env` that child processes get; `env` itself is not changed. */
export function childEnvironment(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const allowed = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isAllowed(entry[0]),
  );
  return { ...Object.fromEntries(allowed), ...localDaemon(env) };
}

function isAllowed(name: string): boolean {
  return ALLOWED_NAMES.has(name) || ALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/** Never an offload socket: who goes through one on that socket's behalf would wait for himself. */
function localDaemon(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const path = env['NIX_DAEMON_SOCKET_PATH'] ?? '';
  const local = isOffloadSocket(path) ? (env[LOCAL_DAEMON_VARIABLE] ?? '') : path;
  return local === '' ? {} : { NIX_DAEMON_SOCKET_PATH: local };
}

/** Where the environment of a child says that the local daemon listens, if it is not Nix's own place. */
export function daemonSocketPath(env: Readonly<Record<string, string>>): string | undefined {
  return env['NIX_DAEMON_SOCKET_PATH'];
}

/** `env` with one more git setting, beside those that are set this way already (git-config(1), GIT_CONFIG_COUNT). */
export function withGitConfig(
  env: NodeJS.ProcessEnv,
  key: string,
  value: string,
): NodeJS.ProcessEnv {
  const present = Number.parseInt(env['GIT_CONFIG_COUNT'] ?? '0', 10);
  const count = Number.isNaN(present) ? 0 : present;
  return {
    ...env,
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: key,
    [`GIT_CONFIG_VALUE_${count}`]: value,
  };
}

/*
 * What a child of ours may see of the environment. An impure evaluation reads any variable with builtins.getEnv, and so
 * does whatever git, ssh or a builder starts; so nothing is handed on that is not named here: no INPUT_*, no
 * ACTIONS_*, no GITHUB_TOKEN, no cloud credentials.
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
  ...['CI', 'GITHUB_ACTIONS', 'GITHUB_REPOSITORY', 'GITHUB_SHA', 'GITHUB_REF', 'GITHUB_REF_NAME'],
  ...['GITHUB_REF_TYPE', 'GITHUB_RUN_ID', 'GITHUB_RUN_NUMBER', 'GITHUB_WORKSPACE'],
]);

const ALLOWED_PREFIXES = [
  'LC_',
  // where Nix and git keep configuration and caches
  'XDG_',
  'GIT_CONFIG_KEY_',
  'GIT_CONFIG_VALUE_',
  // NIX_CONFIG, NIX_PATH, NIX_USER_CONF_FILES, NIX_SSL_CERT_FILE, NIX_DAEMON_SOCKET_PATH, …
  'NIX_',
  // NIXPKGS_ALLOW_UNFREE=1 with --impure is how nixpkgs is told
  'NIXPKGS_',
];

/** Taken out although their prefix is allowed. */
const REFUSED_NAMES: ReadonlySet<string> = new Set([
  // which store is used is an argument, whatever the environment says
  'NIX_REMOTE',
  // makes nix print shell completions instead of running
  'NIX_GET_COMPLETIONS',
]);

/** The variables of `env` that child processes get; `env` itself is not changed. */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => isAllowed(name)));
}

function isAllowed(name: string): boolean {
  return (
    !REFUSED_NAMES.has(name) &&
    (ALLOWED_NAMES.has(name) || ALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix)))
  );
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

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { LabError } from './errors.ts';
import { makeUsersScript } from './users.ts';

const run = promisify(execFile);

/** Debian suites, each with another Nix. Which one is read from the root folder: suites move on. */
export const SUITES = ['bookworm', 'trixie', 'sid'] as const;

export type Suite = (typeof SUITES)[number];

/** A folder with a Debian system, never written to: hosts lay their own changes over it. */
export interface RootFolder {
  readonly suite: Suite;
  readonly path: string;
  /** As `nix --version` says: `2.34.8`. */
  readonly nixVersion: string;
  /** Major and minor: `9.2`. */
  readonly opensshVersion: string;
}

const PACKAGES =
  'nix-bin openssh-server openssh-client busybox-static git ca-certificates mount sudo'.split(' ');
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const DEFAULT_MIRROR = 'http://deb.debian.org/debian';
const SCRIPT = path.join(import.meta.dirname, 'make-root-folder.sh');
const LIMITS = { timeout: 15 * 60_000, killSignal: 'SIGKILL', maxBuffer: 64 << 20 } as const;

/** Where root folders are kept: `NRB_LAB_CACHE`, else `nix-remote-build-lab` in the user's cache folder. */
export function cacheFolder(): string {
  const explicit = process.env['NRB_LAB_CACHE'];
  if (explicit !== undefined && explicit !== '') {
    return path.resolve(explicit);
  }
  const base = process.env['XDG_CACHE_HOME'];
  return path.join(
    base === undefined || base === '' ? path.join(homedir(), '.cache') : base,
    'nix-remote-build-lab',
  );
}

/**
 * The root folder of a suite; made if it does not exist (half a minute), by one process even if several ask.
 * @throws LabError when mmdebstrap fails, with its log
 */
export async function rootFolder(suite: Suite): Promise<RootFolder> {
  const target = path.join(cacheFolder(), `${suite}-${recipeHash()}`);
  const info = await readInfo(target);
  if (info !== undefined) {
    return { suite, path: path.join(target, 'root'), ...info };
  }
  await makeRootFolder(suite, target);
  const made = await readInfo(target);
  if (made === undefined) {
    throw new LabError(`${target} was made but says nothing of its versions`);
  }
  return { suite, path: path.join(target, 'root'), ...made };
}

type Versions = Pick<RootFolder, 'nixVersion' | 'opensshVersion'>;

async function readInfo(target: string): Promise<Versions | undefined> {
  const read = (name: string) => readFile(path.join(target, name), 'utf8').catch(() => undefined);
  const [nix, openssh] = await Promise.all([read('nix-version'), read('openssh-version')]);
  const nixVersion = nix === undefined ? undefined : /(\d+\.\d+[.\d]*)/.exec(nix)?.[1];
  const opensshVersion =
    openssh === undefined ? undefined : /OpenSSH_(\d+\.\d+)/.exec(openssh)?.[1];
  return nixVersion === undefined || opensshVersion === undefined
    ? undefined
    : { nixVersion, opensshVersion };
}

/** Changes when what goes into a root folder changes, so that an older folder is not taken for it. */
function recipeHash(): string {
  return createHash('sha256')
    .update(JSON.stringify([PACKAGES, makeUsersScript(), readFileSync(SCRIPT, 'utf8')]))
    .digest('hex')
    .slice(0, 12);
}

async function makeRootFolder(suite: Suite, target: string): Promise<void> {
  const cache = path.dirname(target);
  await mkdir(cache, { recursive: true });
  await using temporary = await mkdtempDisposable(path.join(cache, 'making-'));
  const users = path.join(temporary.path, 'users.sh');
  await writeFile(users, makeUsersScript());
  const command = [
    // In namespaces of its own, so that an end by force leaves neither the mounts nor the processes of mmdebstrap.
    ...['--no-fork', path.join(cache, `${suite}.lock`), 'unshare', '--mount', '--pid', '--fork'],
    ...['--kill-child', '--mount-proc', 'sh', SCRIPT, target, suite],
    ...[`deb ${await debianMirror()} ${suite} main`, users, ...(await mmdebstrapOptions())],
  ];
  try {
    await run('flock', command, { ...LIMITS, env: { ...process.env, TMPDIR: temporary.path } });
  } catch (error) {
    const log = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new LabError(
      `no root folder of Debian ${suite} could be made in ${cache} (packages missing? run scripts/setup-system.sh)`,
      log,
    );
  }
}

async function mmdebstrapOptions(): Promise<string[]> {
  const proxy = await aptConfig('Acquire::http::Proxy');
  return [
    `--include=${PACKAGES.join(',')}`,
    `--keyring=${KEYRING}`,
    // Suites are also served from snapshots, whose dates have passed.
    '--aptopt=Acquire::Check-Valid-Until "false"',
    ...(proxy === '' ? [] : [`--aptopt=Acquire::http::Proxy "${proxy}"`]),
    ...['doc', 'man', 'locale', 'info'].map(
      (part) => `--dpkgopt=path-exclude=/usr/share/${part}/*`,
    ),
  ];
}

/** The Debian mirror that this machine's own apt uses; Debian's own where it uses none. */
async function debianMirror(): Promise<string> {
  const format = ['--format', '$(ORIGIN) $(CODENAME) $(REPO_URI)', 'Created-By: Packages'];
  const { stdout } = await run('apt-get', ['indextargets', ...format]);
  const line = stdout.split('\n').find((text) => /^Debian [a-z]+ https?:/.test(text));
  return line?.split(' ')[2] ?? DEFAULT_MIRROR;
}

async function aptConfig(key: string): Promise<string> {
  const { stdout } = await run('apt-config', ['shell', 'value', key]);
  return /^value='(.*)'$/m.exec(stdout)?.[1] ?? '';
}

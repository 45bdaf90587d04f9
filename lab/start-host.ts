import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { LabError } from './errors.ts';
import { HostProcess, spawnPiped } from './process.ts';
import { cacheFolder, rootFolder, type RootFolder, type Suite } from './rootfs.ts';
import { until } from './wait.ts';

const CHECKOUT = path.dirname(import.meta.dirname);
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

/** A fraction of a second, on a machine that has time. */
const START_LIMIT_MS = 30_000;

/** What a host is made of. */
export interface HostOptions {
  /** Default `sid`, the newest Nix. */
  readonly suite?: Suite | undefined;
  /** Host name, also in errors. */
  readonly name?: string | undefined;
  /** Limits `/nix`, as mount(8) writes sizes (`64m`): to have a full disk. */
  readonly nixSize?: string | undefined;
  /** Further folders or files of this machine, seen at a path inside. */
  readonly binds?: readonly Bind[] | undefined;
}

export interface Bind {
  readonly source: string;
  readonly destination: string;
  readonly access: 'ro' | 'rw';
}

/** A host that is up, for the constructor of `Host`. */
export interface StartedHost {
  readonly name: string;
  readonly root: RootFolder;
  /** The host's first process, seen from outside. */
  readonly pid: number;
  /** The process inside that waits for the end of our pipe, as the host sees it. */
  readonly keeper: number;
  readonly init: HostProcess;
}

/**
 * Starts a host's first process. The host ends when the standard input of `init` is closed, by us or by our death.
 * @throws LabError without root's rights, or when the host does not come up within 30 s
 */
export async function startHost(options: HostOptions): Promise<StartedHost> {
  if (process.getuid?.() !== 0) {
    throw new LabError('the lab makes namespaces and users: it must run as root (sudo)');
  }
  const name = options.name ?? 'host';
  const root = await rootFolder(options.suite ?? 'sid');
  const init = await spawnInit(name, root, options);
  let log = '';
  const hear = (chunk: Buffer) => (log += chunk.toString());
  init.stdout.on('data', hear);
  init.stderr.on('data', hear);
  const ready = () => {
    if (!init.running) {
      throw new LabError(`host ${name} ended while it started`, log);
    }
    return /^ready (\d+)$/m.exec(log)?.[1];
  };
  const keeper = await until(START_LIMIT_MS, `start of host ${name}`, ready, () => log);
  return { name, root, keeper: Number(keeper), pid: await init.pid(), init };
}

async function spawnInit(
  name: string,
  root: RootFolder,
  options: HostOptions,
): Promise<HostProcess> {
  const stage = path.join(cacheFolder(), 'stage');
  await mkdir(stage, { recursive: true });
  const binds = [...STANDARD_BINDS, ...(options.binds ?? [])];
  const argv = [
    ...['--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child', '--', 'sh'],
    path.join(import.meta.dirname, 'host-init.sh'),
    ...[root.path, stage, name, options.nixSize ?? ''],
    ...binds.flatMap(({ access, source, destination }) => [access, source, destination]),
  ];
  const env = { PATH: process.env['PATH'] ?? DEFAULT_PATH };
  return new HostProcess(['unshare', ...argv], spawnPiped('unshare', argv, env));
}

/** The checkout, and the Node 24 that runs us as `node`. */
const STANDARD_BINDS: readonly Bind[] = [
  { source: CHECKOUT, destination: '/checkout', access: 'ro' },
  { source: process.execPath, destination: '/usr/local/bin/node', access: 'ro' },
];

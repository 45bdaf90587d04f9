import { list, record, string } from '../domain/json.ts';

/** Versions of the format that say the same in the same way (flake/lockfile.cc). */
const VERSIONS: ReadonlySet<unknown> = new Set([5, 6, 7]);

/** What a lock file says, as far as it matters to whether an evaluation always sees the same. */
export interface LockFile {
  /** Why an input may be another one tomorrow; undefined if all stay what they are. */
  readonly obstacle: string | undefined;
  /** Whether an input may know the flake itself, or the commit that it is in: by `follows = ""`, or because it is in the same tree. */
  readonly leadsBack: boolean;
}

/** Reads a `flake.lock`. What it cannot read is an obstacle. */
export function readLockFile(text: string): LockFile {
  try {
    const { version, root, nodes } = record(JSON.parse(text), 'the lock file');
    if (!VERSIONS.has(version)) {
      return { obstacle: 'flake.lock is of a version that is not known', leadsBack: true };
    }
    const all = Object.entries(record(nodes, 'nodes'));
    const obstacles = all.flatMap(([name, node]) =>
      name === root ? [] : (nodeObstacle(name, record(node, name)) ?? []),
    );
    const leadsBack = all.some(([name, node]) => hasWayBack(record(node, name)));
    return { obstacle: obstacles[0], leadsBack };
  } catch {
    return { obstacle: 'flake.lock cannot be read', leadsBack: true };
  }
}

function nodeObstacle(name: string, node: Readonly<Record<string, unknown>>): string | undefined {
  const locked = record(node['locked'], `${name}: locked`);
  const type = string(locked['type'], `${name}: type`);
  if (type === 'path') {
    const isInside = isBelow(string(locked['path'], `${name}: path`));
    return isInside ? undefined : `the input '${name}' is a path outside of the repository`;
  }
  const isLocked = typeof locked['narHash'] === 'string' || typeof locked['rev'] === 'string';
  return type !== 'indirect' && isLocked ? undefined : `the input '${name}' is not locked`;
}

/** Whether a path stays in the folder that it starts from. */
function isBelow(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..');
}

function hasWayBack(node: Readonly<Record<string, unknown>>): boolean {
  if (record(node['locked'] ?? {}, 'locked')['type'] === 'path') return true;
  const inputs = Object.values(record(node['inputs'] ?? {}, 'inputs'));
  return inputs.some((input) => Array.isArray(input) && list(input, 'follows').length === 0);
}

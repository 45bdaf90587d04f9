import { readFile } from 'node:fs/promises';
import type { Host } from './host.ts';
import type { UserName } from './users.ts';

/** Files of a flake, by their path in it. */
export type FlakeFiles = Readonly<Record<string, string | Buffer>>;

/** Nix texts by attribute name, see {@link flakeFiles} and recipes.ts. */
export type Attributes = Readonly<Record<string, string>>;

export interface FlakeOptions {
  /** Default: this machine's. */
  readonly system?: string | undefined;
  /** Nix text of further outputs: `formatter.${system} = attributes.a;` */
  readonly outputs?: string | undefined;
  /** Whether the folder becomes a git repository with all of it committed. */
  readonly git?: boolean | undefined;
}

/** This machine's, in Nix's words. */
export const SYSTEM = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux';

/** Debian's busybox-static, one file that is a shell and its tools: before and after the merge of /bin into /usr/bin. */
const BUSYBOX = ['/usr/bin/busybox', '/bin/busybox'] as const;

/**
 * A flake without inputs; `packages` and `checks` of the system are the attributes. Their texts may use each other's names, `system`,
 * `bin` (the folder with busybox), and
 * - `sh NAME SCRIPT`: a derivation whose shell script has busybox's tools (no PATH needed) and must make `$out`;
 * - `shWith NAME ATTRS SCRIPT`: the same with further attributes of the derivation.
 */
export async function flakeFiles(
  attributes: Attributes,
  options: FlakeOptions = {},
): Promise<FlakeFiles> {
  const [first, second] = BUSYBOX;
  return {
    'flake.nix': flakeText(attributes, options),
    'bin/busybox': await readFile(first).catch(() => readFile(second)),
  };
}

function flakeText(attributes: Attributes, options: FlakeOptions): string {
  const lines = Object.entries(attributes).map(([name, text]) => `      "${name}" = ${text};`);
  return `{
  outputs = { self }: let
    system = "${options.system ?? SYSTEM}";
    bin = ./bin;
    shWith = name: more: script: derivation ({
      inherit name system;
      builder = "\${bin}/busybox";
      args = [ "sh" "-e" "-c" script ];
    } // more);
    sh = name: shWith name { };
    attributes = rec {
${lines.join('\n')}
    };
  in {
    packages.\${system} = attributes;
    checks.\${system} = attributes;
    ${options.outputs ?? ''}
  };
}
`;
}

/** Writes a flake into a folder of a host. */
export async function writeFlake(
  host: Host,
  folder: string,
  attributes: Attributes,
  user: UserName = 'root',
  options: FlakeOptions = {},
): Promise<void> {
  await host.write(folder, await flakeFiles(attributes, options), user);
  if (options.git === true) {
    await commitAll(host, folder, user);
  }
}

/** Makes a folder of a host a git repository, if it is none, and commits all that is in it. */
export async function commitAll(host: Host, folder: string, user: UserName): Promise<void> {
  const identity = ['-c', 'user.name=lab', '-c', 'user.email=lab@localhost'];
  for (const command of [
    ['init', '--quiet', '--initial-branch=main'],
    ['add', '--all'],
    [...identity, 'commit', '--quiet', '--message=lab'],
  ]) {
    await host.output(['git', ...command], { user, cwd: folder });
  }
}

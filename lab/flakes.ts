import { readFile } from 'node:fs/promises';
import type { Host } from './host.ts';
import type { UserName } from './users.ts';

/** Files of a flake, by their path in it. */
export type FlakeFiles = Readonly<Record<string, string | Buffer>>;

/** Nix texts by attribute name. A text may use what {@link flakeFiles} defines. */
export type Attributes = Readonly<Record<string, string>>;

const SYSTEM = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux';

/** Debian's busybox-static: one file that is a shell and its tools. */
const BUSYBOX = '/usr/bin/busybox';

/**
 * A flake without inputs; `packages` and `checks` of the system are the attributes. Their texts may use each other's names, `system`,
 * `bin` (the folder with busybox), and
 * - `sh NAME SCRIPT`: a derivation whose shell script has busybox's tools (no PATH needed) and must make `$out`;
 * - `shWith NAME ATTRS SCRIPT`: the same with further attributes of the derivation.
 */
export async function flakeFiles(attributes: Attributes, system = SYSTEM): Promise<FlakeFiles> {
  return {
    'flake.nix': flakeText(attributes, system),
    'bin/busybox': await readFile(BUSYBOX).catch(() => readFile('/bin/busybox')),
  };
}

function flakeText(attributes: Attributes, system: string): string {
  const lines = Object.entries(attributes).map(([name, text]) => `      "${name}" = ${text};`);
  return `{
  outputs = { self }: let
    system = "${system}";
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
  };
}
`;
}

/** Writes a flake as a folder of its own. */
export async function writeFlake(
  host: Host,
  folder: string,
  attributes: Attributes,
  user: UserName = 'root',
): Promise<void> {
  await host.write(folder, await flakeFiles(attributes), user);
}

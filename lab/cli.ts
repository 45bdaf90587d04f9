/** `node lab/cli.ts prepare [suite…]` makes the root folders of the lab. */
import { rootFolder, SUITES } from './rootfs.ts';

const USAGE = `usage: node lab/cli.ts prepare [${SUITES.join('|')}]…`;

async function prepare(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !SUITES.some((suite) => suite === name));
  if (unknown.length > 0) {
    throw new Error(`no such suite: ${unknown.join(', ')}\n${USAGE}`);
  }
  for (const suite of SUITES.filter((each) => names.length === 0 || names.includes(each))) {
    const { path, nixVersion } = await rootFolder(suite);
    console.log(`${suite}: Nix ${nixVersion} in ${path}`);
  }
}

const [command, ...rest] = process.argv.slice(2);
if (command === 'prepare') {
  await prepare(rest);
} else {
  console.error(USAGE);
  process.exitCode = 2;
}

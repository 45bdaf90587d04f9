/** Bundles the entries into dist/, which is committed and run as it is. `--check` fails if dist/ differs from the source's build. */
import ncc from '@vercel/ncc';
import { execFileSync } from 'node:child_process';
import {
  cp,
  mkdir,
  mkdtempDisposable,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const entries = ['main', 'post', 'offload', 'pipe'] as const;

/** ssh2 carries a Windows agent helper that ncc copies along; nothing here runs on Windows. */
const unwanted = 'pagent.exe';

const LICENSES = '.licenses.txt';

const files = new Map<string, string | Buffer>([
  ['package.json', `${JSON.stringify({ type: 'module' })}\n`],
]);
// ncc's own TypeScript loader knows neither imports that end in .ts nor ES modules made from them.
// Below the checkout, since packages are looked up from there; of this build alone, since two may run at a time.
await using compiled = await mkdtempDisposable(path.join(root, '.build-'));
execFileSync('tsc', ['--project', 'tsconfig.build.json', '--outDir', compiled.path], {
  cwd: root,
  stdio: 'inherit',
});
// Modules are named after their paths from here: so the random name is not among them, and every build is the same.
process.chdir(compiled.path);
await useSmallCore();
await writeFile('tsconfig.json', '{}'); // ncc looks for one, though it compiles nothing
for (const entry of entries) {
  const { code, assets } = await ncc(path.join(compiled.path, `${entry}.js`), {
    cache: false,
    quiet: true,
    // One for each chunk: of a single name, that of the last chunk would be all that is left.
    license: `[id]${LICENSES}`,
  }).catch(fail);
  files.set(`${entry}/index.js`, code);
  files.set(`${entry}/licenses.txt`, licensesIn(assets));
  for (const [name, asset] of Object.entries(assets)) {
    if (!name.endsWith(unwanted) && name !== 'package.json' && !name.endsWith(LICENSES))
      files.set(`${entry}/${name}`, asset.source);
  }
}

if (process.argv.includes('--check')) await check();
else await write();

/** Of all chunks. */
function licensesIn(
  assets: Readonly<Record<string, { readonly source: string | Buffer }>>,
): string {
  const names = Object.keys(assets).filter((name) => name.endsWith(LICENSES));
  return [...new Set(names.toSorted().map((name) => String(assets[name]?.source)))].join('\n');
}

/**
 * The toolkit's core can ask GitHub for OpenID tokens, which nothing here does, and brings a whole HTTP client for that: a megabyte that
 * every start would read. Packages are looked up here first.
 */
async function useSmallCore(): Promise<void> {
  const core = path.join('node_modules', '@actions', 'core');
  await cp(path.join(root, core), core, { recursive: true, dereference: true });
  await writeFile(
    path.join(core, 'lib', 'oidc-utils.js'),
    'export const OidcClient = undefined;\n',
  );
}

/** ncc is one line of 3 MB: Node would print all of it above an error that is thrown there. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

/** Each file at once, so that a bundle that runs meanwhile is never half of one. */
async function write(): Promise<void> {
  for (const [name, content] of files) {
    const file = path.join(dist, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.new`, content);
    await rename(`${file}.new`, file);
  }
  for (const name of await present()) {
    if (!files.has(name)) await rm(path.join(dist, name));
  }
}

async function check(): Promise<void> {
  const stale = (await present()).filter((name) => !files.has(name));
  for (const [name, content] of files) {
    const committed = await readFile(path.join(dist, name)).catch(() => undefined);
    if (!committed?.equals(Buffer.from(content))) stale.push(name);
  }
  if (stale.length === 0) return;
  process.stderr.write(
    `dist/ is not what the source builds to: ${stale.join(', ')}. Run: npm run build\n`,
  );
  process.exitCode = 1;
}

async function present(): Promise<readonly string[]> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dist, path.join(entry.parentPath, entry.name)));
}

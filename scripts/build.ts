/** Bundles the entries into dist/, which is committed and run as it is. `--check` fails if dist/ differs from the source's build. */
import ncc from '@vercel/ncc';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const entries = ['main', 'post'] as const;

/** ssh2 carries a Windows agent helper that ncc copies along; nothing here runs on Windows. */
const unwanted = 'pagent.exe';

const files = new Map<string, string | Buffer>([
  ['package.json', `${JSON.stringify({ type: 'module' })}\n`],
]);
// ncc's own TypeScript loader knows neither imports that end in .ts nor ES modules made from them.
const compiled = path.join(root, '.build');
await rm(compiled, { recursive: true, force: true });
execFileSync('tsc', ['--project', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
for (const entry of entries) {
  const { code, assets } = await ncc(path.join(compiled, `${entry}.js`), {
    cache: false,
    quiet: true,
    license: 'licenses.txt',
  }).catch(fail);
  files.set(`${entry}/index.js`, code);
  for (const [name, asset] of Object.entries(assets)) {
    if (!name.endsWith(unwanted) && name !== 'package.json')
      files.set(`${entry}/${name}`, asset.source);
  }
}

if (process.argv.includes('--check')) await check();
else await write();

/** ncc is one line of 3 MB: Node would print all of it above an error that is thrown there. */
function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function write(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  for (const [name, content] of files) {
    const file = path.join(dist, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

async function check(): Promise<void> {
  const present = (await readdir(dist, { recursive: true, withFileTypes: true }))
    .filter((item) => item.isFile())
    .map((item) => path.relative(dist, path.join(item.parentPath, item.name)));
  const stale = present.filter((name) => !files.has(name));
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

/**
 * The job summary's pages as GitHub shows them, of made-up steps: Markdown, HTML, and pictures where there is a chromium.
 *
 *     npm run preview [FOLDER]
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { githubHtml } from '../__tests__/helpers/github-markdown.ts';
import { PAGES } from './preview/pages.ts';

const run = promisify(execFile);
const { resolve } = createRequire(import.meta.url);

const THEMES = ['light', 'dark'] as const;

type Theme = (typeof THEMES)[number];

/** Pixels; what is below is not in the picture. */
const SIZE = { width: 1040, height: 2400 };

const folder = path.resolve(process.argv[2] ?? 'preview');
await mkdir(folder, { recursive: true });
const mermaid = await readFile(
  path.join(path.dirname(resolve('mermaid/package.json')), 'dist/mermaid.min.js'),
  'utf8',
);
await writeFile(path.join(folder, 'mermaid.js'), mermaid);
const hasBrowser = await run('chromium', ['--version']).then(
  () => true,
  () => false,
);
if (!hasBrowser) process.stderr.write('There is no chromium: pages without pictures.\n');
for (const [name, markdown] of PAGES) {
  await writeFile(path.join(folder, `${name}.md`), markdown);
  for (const theme of THEMES) {
    const file = path.join(folder, `${name}-${theme}`);
    await writeFile(`${file}.html`, await page(githubHtml(markdown), theme));
    if (hasBrowser) await takePicture(`${file}.html`, `${file}.png`);
    process.stdout.write(`${file}.${hasBrowser ? 'png' : 'html'}\n`);
  }
}

async function page(content: string, theme: Theme): Promise<string> {
  const css = await readFile(
    path.join(
      path.dirname(resolve('github-markdown-css/package.json')),
      `github-markdown-${theme}.css`,
    ),
    'utf8',
  );
  const background = theme === 'light' ? '#ffffff' : '#0d1117';
  return `<!doctype html><meta charset="utf-8"><style>${css}</style>
<body style="margin: 0; padding: 24px; background: ${background}"><article class="markdown-body">${content}</article>
<script src="mermaid.js"></script>
<script>
for (const block of document.querySelectorAll('code.language-mermaid')) {
  const chart = Object.assign(document.createElement('div'), { className: 'mermaid', textContent: block.textContent });
  block.parentElement.replaceWith(chart);
}
mermaid.initialize({ startOnLoad: true, theme: '${theme === 'light' ? 'default' : 'dark'}' });
</script>`;
}

async function takePicture(html: string, picture: string): Promise<void> {
  await run('chromium', [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
    '--virtual-time-budget=8000',
    `--window-size=${SIZE.width},${SIZE.height}`,
    `--screenshot=${picture}`,
    `file://${html}`,
  ]);
}

/**
 * Writes the README's tables of inputs and outputs from action.yml, and docs/troubleshooting.md from src/diagnose/. `--check` fails if they
 * differ instead.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parse } from 'yaml';
import { CATALOGUE } from '../src/diagnose/catalogue.ts';
import { troubleshootingPage } from '../src/diagnose/page.ts';

interface Described {
  readonly description: string;
  readonly default?: string;
  readonly required?: boolean;
}

interface Action {
  readonly inputs: Readonly<Record<string, Described>>;
  readonly outputs: Readonly<Record<string, Described>>;
}

const root = path.resolve(import.meta.dirname, '..');
const readme = path.join(root, 'README.md');

const action = parse(await readFile(path.join(root, 'action.yml'), 'utf8')) as Action;
const tables = await readFile(readme, 'utf8');
await generate(
  readme,
  fill(fill(tables, 'inputs', inputTable(action)), 'outputs', outputTable(action)),
);

const page = path.join(root, 'docs/troubleshooting.md');
const options = (await resolveConfig(page)) ?? {};
await generate(
  page,
  await format(troubleshootingPage(CATALOGUE), { ...options, parser: 'markdown' }),
);

/** Writes a file, or checks that it is as it would be written. */
async function generate(file: string, text: string): Promise<void> {
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    return;
  }
  if ((await readFile(file, 'utf8')) === text) return;
  const name = path.relative(root, file);
  process.stderr.write(`${name} is not what it is generated from. Run: npm run docs\n`);
  process.exitCode = 1;
}

function inputTable({ inputs }: Action): string {
  const rows = Object.entries(inputs).map(
    ([name, { description, default: value, required }]) =>
      `| \`${name}\` | ${cell(description)} | ${defaultCell(value, required)} |`,
  );
  return ['| input | meaning | default |', '|-|-|-|', ...rows].join('\n');
}

function outputTable({ outputs }: Action): string {
  const rows = Object.entries(outputs).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  return ['| output | meaning |', '|-|-|', ...rows].join('\n');
}

function defaultCell(value: string | undefined, required: boolean | undefined): string {
  if (required === true) return 'required';
  return value === undefined || value === '' ? '' : `\`${value}\``;
}

function cell(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}

function fill(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}: generated from action.yml -->`, `<!-- /${name} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`README.md lacks ${start} … ${end}`);
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
}

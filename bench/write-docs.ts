import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROUND_TRIP_MS } from './side-by-side.ts';
import type { Result } from './result.ts';
import { figuresTable, readmeTable, targetText } from './tables.ts';

const ROOT = path.dirname(import.meta.dirname);
const START = '<!-- figures: from bench/, both sides in one run -->';
const END = '<!-- /figures -->';

/** Puts the figures of one run into README.md and docs/benchmarks.md, between their marks. */
export async function writeDocs(results: readonly Result[]): Promise<void> {
  const [first] = results;
  if (!first) return;
  await replaceFigures('README.md', `${readmeText(first)}\n\n${readmeTable(results)}`);
  const parts = [machineText(first), figuresTable(results), targetList(results)];
  await replaceFigures('docs/benchmarks.md', parts.join('\n\n'));
}

async function replaceFigures(name: string, content: string): Promise<void> {
  const file = path.join(ROOT, name);
  const text = await readFile(file, 'utf8');
  const from = text.indexOf(START);
  const to = text.indexOf(END);
  if (from === -1 || to < from) throw new Error(`${name} lacks ${START} … ${END}`);
  const filled = `${text.slice(0, from + START.length)}\n${content}\n${text.slice(to)}`;
  await writeFile(file, name === 'README.md' ? filled : await formatted(file, filled));
}

/** As `npm run format` would leave it; the README is exempt from that. */
async function formatted(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

function readmeText({ versions }: Result): string {
  return (
    `Measured against stock Nix ${versions.nix} in one run on one machine, over a link with ${ROUND_TRIP_MS} ms of round trip unless said ` +
    '(`npm run bench`; [how](docs/benchmarks.md)):'
  );
}

function machineText({ versions, machine }: Result): string {
  const { cores, memoryGiB, architecture } = machine;
  return (
    `${cores} cores (${architecture}), ${memoryGiB} GiB of memory, on which builder, runner and link run together; ` +
    `Nix ${versions.nix} and OpenSSH ${versions.openssh} on both sides, Node ${versions.node}; ${new Date().toISOString().slice(0, 10)}.`
  );
}

function targetList(results: readonly Result[]): string {
  return results
    .flatMap(({ name, targets }) => targets.map((target) => `- \`${name}\`, ${targetText(target)}`))
    .join('\n');
}

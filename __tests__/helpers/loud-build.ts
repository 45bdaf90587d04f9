import { expect } from 'vitest';
import { recipes, type Builder, type NixHost } from '../../lab/index.ts';
import { githubHtml } from './github-markdown.ts';
import { linesOf, makeWorkspace, runScenario } from './scenario.ts';

/** Megabytes that main may take at most: a log that is kept whole takes several times that. */
const MOST_MEMORY = 400;

/** Characters in main's own log: what is held back of a build's, and as much again for what is shown as it comes. */
const MOST_SHOWN = 4_000_000;

/** What would act, break a page, or is no text at all. */
const HOSTILE = [
  `echo '::error::planted'`,
  `echo '##[error]planted'`,
  `printf '\\033[31mred\\033[0m\\n'`,
  `printf 'a\\377\\376b\\n'`,
  `echo '</pre><script>planted</script> | **x** | \`\`\`'`,
  `echo '# planted'`,
].join('; ');

/**
 * That a build which prints so many bytes, and before and after them what would act, does nothing: in the log, in the summary, or to
 * main's memory.
 */
export async function expectHarmless(
  { builder, runner }: { readonly builder: Builder; readonly runner: NixHost },
  bytes: number,
): Promise<void> {
  const workspace = await makeWorkspace(runner, 'owner');
  const peak = `${workspace}/peak`;
  await runner.write(workspace, { 'measure.cjs': measuring(peak) }, 'owner');
  const text = `${HOSTILE}; yes ${'log '.repeat(249)}end | head -c ${bytes}; ${HOSTILE}; exit 1`;
  const ran = await runScenario({
    ...{ builder, runner, workspace },
    attributes: { loud: recipes.script('loud', text) },
    env: { NODE_OPTIONS: `--require=${workspace}/measure.cjs` },
  });
  expect(ran.statuses, ran.log.slice(-2000)).toEqual({ loud: 'failed' });
  expect(Number(await runner.read(peak)) / 1000).toBeLessThan(MOST_MEMORY);
  expect(commandsIn(ran.log).filter((line) => !/^::(?:error|debug)/.test(line))).toEqual([]);
  expect(commandsIn(ran.log)).not.toContainEqual(expect.stringMatching(/^::error::planted/));
  expect(ran.log.length).toBeLessThan(MOST_SHOWN);
  expect(ran.log).toContain('\u001b[31mred');
  const html = githubHtml(ran.summary);
  expect(html).not.toMatch(/<script|<h1/);
  expect(html).toContain('&#x3C;script>planted');
  const folder = ran.outputs.get('log-dir') ?? '';
  expect(Number(await runner.output(['sh', '-c', `cat ${folder}/*.log | wc -c`]))).toBeGreaterThan(
    bytes,
  );
}

/** Lines that GitHub's runner would take as commands: what stands between stop-commands and its token is text. */
function commandsIn(log: string): readonly string[] {
  const heard: string[] = [];
  let token: string | undefined;
  for (const line of linesOf(log)) {
    const stop = /^::stop-commands::(.+)$/.exec(line)?.[1];
    if (token === undefined && stop !== undefined) token = stop;
    else if (token !== undefined && line === `::${token}::`) token = undefined;
    else if (token === undefined && /^\s*::|##\[/.test(line)) heard.push(line);
  }
  return heard;
}

/** A program that Node runs before main, and that notes the most memory it had, in kilobytes. */
function measuring(file: string): string {
  return `process.on('exit', () => {
    if (!process.argv[1]?.includes('/main/')) return;
    require('node:fs').writeFileSync('${file}', String(process.resourceUsage().maxRSS));
  });\n`;
}

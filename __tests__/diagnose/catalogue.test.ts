import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../../src/diagnose/catalogue.ts';
import type { ClientCause } from '../../src/diagnose/cause.ts';
import { TEXT_CAUSES } from '../../src/diagnose/texts/index.ts';
import { isErrorCode } from '../../src/domain/errors.ts';
import { outcomeStatus } from '../../src/domain/outcome.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

const CLIENT = CATALOGUE.filter((cause): cause is ClientCause => cause.source === 'client');

/** What stays the same of a message. */
const fixedParts = (message: string): readonly string[] =>
  message
    .split('…')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Whether the parts are in a text, one after the other. */
function holds(text: string, parts: readonly string[]): boolean {
  let from = 0;
  return parts.every((part) => {
    const at = text.indexOf(part, from);
    from = at + part.length;
    return at !== -1;
  });
}

const plain = (source: string): string =>
  source.replaceAll(/['`"] \+\s+['`"]/g, '').replaceAll('\\', '');

async function sourceText(): Promise<string> {
  const files = await readdir(path.join(ROOT, 'src'), { recursive: true });
  const texts = files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('diagnose/'))
    .map((file) => readFile(path.join(ROOT, 'src', file), 'utf8'));
  return plain((await Promise.all(texts)).join('\n'));
}

test('ids and headings are of one cause each', () => {
  const ids = CATALOGUE.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const headings = CATALOGUE.map(({ message, code = '' }) => `${message} ${code}`);
  expect(new Set(headings).size).toBe(headings.length);
});

test('there are at least 35 causes that real parts were made to show, 15 of them of our own client', () => {
  const shown = CATALOGUE.filter((cause) => cause.shown !== 'captured');
  expect(shown.length).toBeGreaterThanOrEqual(35);
  expect(shown.filter(({ source }) => source === 'client').length).toBeGreaterThanOrEqual(15);
});

test('every failure of our own client is of a code that exists, or a warning', () => {
  expect(CLIENT.filter(({ code }) => code !== undefined && !isErrorCode(code))).toEqual([]);
});

test.each(CLIENT)('$id: its example is no other message of ours', ({ id, example }) => {
  const holders = CLIENT.filter(({ message }) => holds(example, fixedParts(message)));
  expect(holders.map((each) => each.id)).toEqual([id]);
});

test('every message of ours is one that the source can print', async () => {
  const source = await sourceText();
  // Made of Nix's words, of the build's, and of a verb and a folder.
  const foreign = new Set(['machine-refuses-input', 'build', 'no-nix-folder']);
  const unknown = CLIENT.filter(
    ({ id, message }) =>
      !foreign.has(id) && !fixedParts(message).every((part) => source.includes(part)),
  );
  expect(unknown.map(({ id }) => id)).toEqual([]);
});

test.each(CATALOGUE.filter(({ shown }) => shown !== 'captured'))(
  '$id: the test that it links to names it, or asserts its message',
  async ({ id, message, shown }) => {
    const text = plain(await readFile(path.join(ROOT, shown), 'utf8'));
    const isNamed = text.includes(`'${id}'`) || text.includes(`[${id}]`);
    expect(isNamed || holds(text, fixedParts(message))).toBe(true);
  },
);

test('what says that no machine fits makes an attribute unsupported, in every wording', () => {
  const ids = new Set(['system-or-features', 'no-jobs', 'no-machine-left']);
  const rows = TEXT_CAUSES.filter(({ id }) => ids.has(id));
  expect(rows).toHaveLength(3);
  for (const example of rows.flatMap(({ examples }) => examples)) {
    expect(outcomeStatus('input-rejected', example)).toBe('unsupported-system');
  }
});

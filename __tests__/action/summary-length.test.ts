import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceSections } from '../../src/action/differences.ts';
import { pushSection } from '../../src/action/pushes.ts';
import { renderSummary } from '../../src/action/summary.ts';
import { page } from '../../src/action/summary/fitting.ts';
import { problemBoxes } from '../../src/action/summary/problems.ts';
import { NO_HISTORY } from '../../src/build/build-record.ts';
import type { StepReport } from '../../src/build/step-request.ts';
import { ActionError } from '../../src/domain/errors.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import { parseDrvPath, parseStorePath } from '../../src/domain/store-path.ts';

/** Bytes beyond which GitHub shows nothing. */
const LIMIT = 1024 * 1024;

const HASH = 'a'.repeat(32);

function outcome(index: number, text: string, differing = 0): Outcome {
  const drvPath = parseDrvPath(`/nix/store/${HASH}-${index}.drv`);
  const files = Array.from({ length: 100 }, (_, file) => ({
    ...{ kind: 'contents' as const, file: `${file}${text}` },
    ...{ sizes: [1, 2] as const, firstOffset: 0 },
  }));
  const differences = Array.from({ length: differing }, (_, output) => ({
    path: parseStorePath(`/nix/store/${HASH}-${index}-${output}`),
    places: [text, text] as const,
    difference: { files, more: 1 },
  }));
  return {
    ...{ installable: text, attribute: `${index}${text}`, system: undefined, drvPath },
    ...{ outputs: new Map(), status: 'not-deterministic', remote: `${index}${text}`, seconds: 1 },
    ...{ copied: false, positions: [], differences },
    error: new ActionError('not-deterministic', `${index}${text}`, { hint: text }),
  };
}

/** How much there is of everything. */
interface Amount {
  readonly outcomes: number;
  readonly differing: number;
  readonly pushes: number;
  readonly problems: number;
}

function reportOf(text: string, { outcomes, differing, pushes, problems }: Amount): StepReport {
  const all = Array.from({ length: outcomes }, (_, index) => outcome(index, text, differing));
  return {
    ...{ mode: 'remote-store', reason: text, predictions: [], remote: text, outcomes: all },
    pushes: Array.from({ length: pushes }, () => push(text)),
    problems: Array.from({ length: problems }, () => problem(text)),
    ...{ bytesUploaded: 0, bytesDownloaded: 0, seconds: new Map(), wallSeconds: 1 },
    source: { kind: 'expr', expr: text },
    history: {
      ...NO_HISTORY,
      builds: all.flatMap(({ drvPath }) =>
        drvPath === undefined
          ? []
          : [
              {
                ...{ drvPath, startedAt: 0, seconds: 2, verdict: 'failed' as const, builder: text },
                ...{ phase: text, lastLines: [text] },
              },
            ],
      ),
    },
  };
}

function push(store: string): StepReport['pushes'][number] {
  return { store, pushed: [], failed: [], error: undefined, isRequired: true };
}

function problem(text: string): ActionError {
  return new ActionError('internal', text, { hint: text });
}

test('whatever a step has to tell, and however much of it, GitHub shows the summary', () => {
  const text = fc
    .tuple(fc.constantFrom('|', '<', '~', '@x', '\u{1f600}', '\ud800', '\n', 'x'), fc.nat(5000))
    .map(([piece, length]) => piece.repeat(length));
  const amount = fc.record({
    ...{ outcomes: fc.nat(100), differing: fc.nat(30) },
    ...{ pushes: fc.nat(1500), problems: fc.nat(1500) },
  });
  const most = { outcomes: 100, differing: 30, pushes: 1500, problems: 1500 };
  fc.assert(
    fc.property(text, amount, (each, many) => {
      expect(Buffer.byteLength(renderSummary(reportOf(each, many)))).toBeLessThan(LIMIT);
    }),
    { numRuns: 10, examples: [['|'.repeat(5000), most]] },
  );
});

test('of what differs, as much is shown as there is room for, and the rest is counted', () => {
  const sections = differenceSections([outcome(0, '|'.repeat(480), 30)]);
  expect(Buffer.byteLength(sections.join(''))).toBeLessThan(200_000);
  expect(sections[0]).toMatch(/^#### .* came out in two ways$/m);
  expect(sections[0]).toMatch(/^and \d+ more<\/pre>$/m);
  const shown = sections.length - 1;
  expect(shown).toBeGreaterThan(3);
  expect(sections.at(-1)).toBe(
    `${30 - shown} more that came out in two ways are in \`results-file\`.`,
  );
});

test('of a few files with short names all are shown', () => {
  const [section = '', ...rest] = differenceSections([outcome(0, 'x', 1)]);
  expect(section.match(/from byte 0 on/g)).toHaveLength(100);
  expect(section).toMatch(/^and 1 more<\/pre>$/m);
  expect(rest).toEqual([]);
});

test('of problems and pushes, too', () => {
  const boxes = problemBoxes(Array.from({ length: 30 }, () => problem('|'.repeat(100_000))));
  expect(Buffer.byteLength(boxes.join(''))).toBeLessThan(61_000);
  expect(boxes.at(-1)).toBe(`${31 - boxes.length} more problems not shown.`);
  const lines = pushSection(Array.from({ length: 100 }, () => push('|'.repeat(1000)))).split('\n');
  expect(Buffer.byteLength(lines.join(''))).toBeLessThan(21_000);
  expect(lines.at(-1)).toBe(`- ${101 - lines.length} more stores: see \`results-file\``);
});

test('a page that would be too long loses its last sections, and says so', () => {
  const text = page(['first', 'x'.repeat(LIMIT / 2), 'y'.repeat(LIMIT / 2), 'last']);
  expect(Buffer.byteLength(text)).toBeLessThan(LIMIT);
  expect(text.startsWith('first\n\nxxx')).toBe(true);
  expect(text).toMatch(
    /x\n\nThe summary would be longer than GitHub shows: 2 sections left out here\. `results-file` has all attributes\.\n$/,
  );
  expect(page(['first', 'last'])).toBe('first\n\nlast\n');
});

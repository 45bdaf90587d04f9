import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderSummary } from '../../src/action/summary.ts';
import { renderEarlyFailure } from '../../src/action/summary/early.ts';
import { NO_HISTORY } from '../../src/build/build-record.ts';
import type { StepReport } from '../../src/build/step-request.ts';
import { ActionError } from '../../src/domain/errors.ts';
import { parseDrvPath } from '../../src/domain/store-path.ts';
import { githubHtml } from '../helpers/github-markdown.ts';

const DRV = parseDrvPath(`/nix/store/${'a'.repeat(32)}-hello.drv`);

/** Pieces that mean something to Markdown, HTML, tables or terminals, mixed with anything. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '|',
          '\n',
          '\n\n',
          '\r',
          '`',
          '```',
          '~~~',
          '<',
          '>',
          '</pre>',
          '</code>',
          '</details>',
        ],
        ...['<script>', '<!--', '-->', '&', '&lt;', '\\', '*', '_', '~~', '[a](b)', '![i](u)', '#'],
        ...['---', '===', '- ', '1. ', '> ', '    ', '\t', '$x$', '@user', ':tada:', 'http://a.b'],
        ...[
          'a@b.cd',
          'www.a.bc',
          '<b>',
          '<table>',
          '\u001b[31m',
          '\u001b]8;;',
          '\u202e',
          '\u0000',
          '\ud800',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

function pageOf(text: string): string {
  const report: StepReport = {
    mode: 'remote-store',
    reason: text,
    predictions: [],
    remote: text,
    outcomes: [
      {
        ...{ installable: text, attribute: text, system: 'x86_64-linux', drvPath: DRV },
        ...{ outputs: new Map(), status: 'failed', remote: text, seconds: 1, copied: false },
        ...{ positions: [], error: new ActionError('build-failed', text, { hint: text }) },
      },
    ],
    pushes: [{ store: text, pushed: [text], failed: [text], error: undefined, isRequired: true }],
    problems: [new ActionError('internal', text)],
    ...{ bytesUploaded: 0, bytesDownloaded: 0, seconds: new Map(), wallSeconds: 1 },
    source: { kind: 'expr', expr: text },
    history: {
      ...NO_HISTORY,
      builds: [
        {
          ...{ drvPath: DRV, startedAt: 0, seconds: 2, verdict: 'failed', builder: text },
          ...{ phase: text, lastLines: [text, text] },
        },
      ],
    },
  };
  const installables = [text];
  const error = new ActionError('internal', text, { hint: text });
  return `${renderSummary(report)}\n${renderEarlyFailure({ error, task: 'build', installables })}`;
}

/** All tags in their order: what the page is, apart from its text. A name may look like an address, and become a link. */
function skeleton(html: string): string {
  return [...html.matchAll(/<\/?([a-z0-9]+)/g)]
    .map(([tag]) => tag)
    .filter((tag) => !/^<\/?a$/.test(tag))
    .join('');
}

test('whatever a build or a flake says, the page is built of the same parts', () => {
  const plain = skeleton(githubHtml(pageOf('plain')));
  expect(plain).toContain('<table');
  fc.assert(
    fc.property(hostile, (text) => {
      // Nothing at all would leave a cell or a box empty, which is another matter.
      expect(skeleton(githubHtml(pageOf(`${text}x`)))).toBe(plain);
    }),
    { numRuns: 300 },
  );
});

test('what is beside each other stays so: a row has as many cells as its head', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const rows = pageOf(`x${text}`)
        .split('\n')
        .filter((line) => line.startsWith('| ❌'));
      expect(rows).toHaveLength(1);
      expect(rows[0]?.split('|')).toHaveLength(8);
    }),
    { numRuns: 100 },
  );
});

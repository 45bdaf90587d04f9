import { expect, test } from 'vitest';
import { offloadLine, renderOffloadSummary } from '../../src/action/offload-summary.ts';
import type { OffloadReport } from '../../src/build/offload-report.ts';
import { parseDrvPath } from '../../src/domain/store-path.ts';

function drv(name: string): ReturnType<typeof parseDrvPath> {
  return parseDrvPath(`/nix/store/${'a'.repeat(32)}-${name}.drv`);
}

function report(change: Partial<OffloadReport>): OffloadReport {
  return {
    mode: 'remote-store',
    remote: 'ssh-ng://ci@builder',
    builds: [
      { drvPath: drv('bad_one'), status: 'failed', seconds: 3 },
      { drvPath: drv('good'), status: 'substituted', seconds: undefined },
    ],
    counts: new Map([
      ['failed', 1],
      ['substituted', 1],
    ]),
    bytesSent: 1234,
    bytesReceived: 5_000_000,
    reconnects: 0,
    notices: [],
    rawOperations: new Map(),
    ...change,
  };
}

test('says what was built, how long it took, and what crossed the link', () => {
  expect(renderOffloadSummary(report({})).split('\n')).toEqual([
    '## Nix Remote Build: offload socket',
    '',
    "Builds of this job's later steps went to <code>ssh-ng&#58;//ci&#64;builder</code>. 1 failed, 1 substituted.",
    '',
    'Sent 1.2 kB, received 5.0 MB.',
    '',
    '| | derivation | status | time |',
    '|-|-|-|-:|',
    '| ❌ | <code>bad&#95;one</code> | failed | 3.0 s |',
    '| ✅ | <code>good</code> | substituted |  |',
    '',
  ]);
});

test('without builds there is no table', () => {
  const text = renderOffloadSummary(report({ builds: [], counts: new Map() }));
  expect(text).toContain('Nothing had to be built.');
  expect(text).not.toContain('|');
});

test('what is beyond the list is counted', () => {
  const text = renderOffloadSummary(report({ counts: new Map([['built', 1202]]) }));
  expect(text).toContain('1202 built');
  expect(text).toContain('1200 more are not listed.');
});

test('what went wrong on the way is told, and cannot break the page', () => {
  const text = renderOffloadSummary(
    report({
      reconnects: 2,
      rawOperations: new Map([[99, 1]]),
      notices: ['lost: <script>\n# x'],
    }),
  );
  expect(text).toContain('Connected again 2 times. Passed on unread: operations 99.');
  expect(text).toMatch(/^> \[!WARNING\]\n> lost&#58; &#60;script&#62; &#35; x$/m);
});

test('the log gets one line', () => {
  expect(offloadLine(report({}))).toBe(
    'offload socket: 1 failed, 1 substituted. Sent 1.2 kB, received 5.0 MB.',
  );
});

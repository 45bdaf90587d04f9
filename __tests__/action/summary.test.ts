import { expect, test } from 'vitest';
import { renderSummary } from '../../src/action/summary.ts';
import type { StepReport } from '../../src/build/step-request.ts';
import { NO_HISTORY } from '../../src/build/build-record.ts';
import { ActionError } from '../../src/domain/errors.ts';
import type { Outcome } from '../../src/domain/outcome.ts';

/** Of the table of times, which comes first. */
const PHASE_ROWS = 3;

function outcome(change: Partial<Outcome>): Outcome {
  return {
    installable: '.#checks',
    attribute: 'checks.x86_64-linux.a',
    system: 'x86_64-linux',
    drvPath: undefined,
    outputs: new Map(),
    status: 'built',
    remote: 'ssh-ng://ci@builder',
    seconds: 2,
    copied: false,
    positions: [],
    error: undefined,
    ...change,
  };
}

function report(outcomes: readonly Outcome[]): StepReport {
  return {
    mode: 'remote-store',
    reason: undefined,
    predictions: [],
    remote: 'ssh-ng://ci@builder',
    outcomes,
    problems: [],
    pushes: [],
    bytesUploaded: 1234,
    bytesDownloaded: 5_000_000,
    seconds: new Map([['build', 2]]),
    wallSeconds: 3,
    source: { kind: 'flake' },
    history: NO_HISTORY,
  };
}

test('the verdict comes first, failures before successes', () => {
  const text = renderSummary(
    report([
      outcome({}),
      outcome({
        attribute: 'checks.x86_64-linux.b',
        status: 'failed',
        error: new ActionError('build-failed', 'exit code 1'),
      }),
    ]),
  );
  expect(text).toMatch(/^## Nix Remote Build: ❌ 1 of 2 attributes failed\n/);
  expect(text.indexOf('linux.b')).toBeLessThan(text.indexOf('linux.a'));
  expect(text).toContain('Sent 1.2 kB, received 5.0 MB');
});

test('a machine is named for each attribute where several may build, and what built nothing has none', () => {
  const outcomes = [
    outcome({ remote: 'ssh-ng://ci@one' }),
    outcome({ attribute: 'here', remote: 'this machine', seconds: 61 }),
    outcome({ attribute: 'there', status: 'cached', remote: undefined, seconds: undefined }),
  ];
  const rows = (mode: StepReport['mode']): readonly string[] =>
    renderSummary({ ...report(outcomes), mode })
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(PHASE_ROWS);
  expect(rows('builders')).toEqual([
    '|  | attribute | status | system | machine | time | copied |',
    '|-|-|-|-|-|-:|-|',
    '| ✅ | <code>checks.x86&#95;64-linux.a</code> | built | x86&#95;64-linux | <code>ssh-ng&#58;//ci&#64;one</code> | 2.0 s |  |',
    '| ✅ | <code>here</code> | built | x86&#95;64-linux | <code>this machine</code> | 1 min 01 s |  |',
    '| ✅ | <code>there</code> | cached | x86&#95;64-linux |  |  |  |',
  ]);
  expect(rows('remote-store')).toEqual(rows('builders'));
});

test('a remote that builds all is named above the table, not in it', () => {
  const text = renderSummary(report([outcome({ remote: 'ssh-ng://ci@one' })]));
  expect(text).toContain('\n|  | attribute | status | system | time | copied |\n');
});

test('names and messages break neither the table nor the page', () => {
  const text = renderSummary(
    report([
      outcome({
        attribute: 'a|b<script>`x`\n| c',
        status: 'failed',
        error: new ActionError('build-failed', '</pre><script>alert(1)</script>'),
      }),
    ]),
  );
  expect(text).not.toContain('<script>');
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(PHASE_ROWS);
  expect(rows).toHaveLength(3);
  expect(rows[2]).toMatch(/ failed \| x86&#95;64-linux \| 2\.0 s \| {2}\|$/);
});

test('a thousand rows and more stay far below the limit of 1 MiB, with a stated cut', () => {
  const attribute = `checks.x86_64-linux.${'x'.repeat(100)}`;
  const text = renderSummary(report(Array.from({ length: 3000 }, () => outcome({ attribute }))));
  expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
  expect(text).toContain('2000 more are in `results-file`.');
});

test('what failed alike is told once, causes first, and thousands of errors stay below the limit', () => {
  const cancelled = {
    status: 'cancelled',
    error: new ActionError('cancelled', 'not built'),
  } as const;
  const text = renderSummary(
    report([
      ...Array.from({ length: 300 }, (_, index) =>
        outcome({ ...cancelled, attribute: `c${index}` }),
      ),
      outcome({ status: 'failed', error: new ActionError('build-failed', 'exit code 1') }),
    ]),
  );
  expect(text.match(/^### .*/gm)).toEqual([
    expect.stringMatching(/linux\.a<\/code>: failed$/),
    expect.stringMatching(/c4<\/code> and 295 more: cancelled$/),
  ]);
  const many = Array.from({ length: 3000 }, (_, index) =>
    outcome({
      status: 'failed',
      error: new ActionError('build-failed', `${index} ${'_'.repeat(20_000)}`),
    }),
  );
  const long = renderSummary(report(many));
  expect(Buffer.byteLength(long)).toBeLessThan(1_000_000);
  expect(long).toMatch(/^\d+ more errors are in `results-file`\.$/m);
});

test('a problem after good builds is told with its remedy, and stays in its box', () => {
  const problem = new ActionError('signature-required', 'cannot be imported\n\n# x', {
    hint: 'Trust the key.',
  });
  const text = renderSummary({ ...report([outcome({})]), problems: [problem] });
  expect(text).toMatch(/^> \[!WARNING\]\n> cannot be imported &#35; x\. Trust the key\.$/m);
});

test('a mode that had to be chosen has its reason', () => {
  const local = { mode: 'local', remote: 'this machine', reason: "'ssh-key' is <empty>" } as const;
  expect(renderSummary({ ...report([outcome({})]), ...local })).toContain(
    "\n\nMode **local** on <code>this machine</code>: 'ssh-key' is &#60;empty&#62;. 1 built.\n",
  );
  expect(renderSummary(report([outcome({})]))).toContain(
    'Mode **remote-store** on <code>ssh-ng&#58;//ci&#64;builder</code>. 1 built.\n',
  );
});

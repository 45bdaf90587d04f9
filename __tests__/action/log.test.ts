import { expect, test } from 'vitest';
import { Log } from '../../src/action/log.ts';
import { parseDrvPath } from '../../src/domain/store-path.ts';

const DRV = parseDrvPath(`/nix/store/${'a'.repeat(32)}-hello.drv`);

function logged(...events: Parameters<Log['observe']>[0][]): string[] {
  const lines: string[] = [];
  using log = new Log({
    write: (line) => lines.push(line),
    notice: () => undefined,
    warn: () => undefined,
    clock: () => 0,
  });
  for (const event of events) log.observe(event);
  return lines;
}

test('a build’s output is one block, under its name', () => {
  expect(
    logged(
      { kind: 'build-started', drvPath: DRV, builder: 'ssh-ng://ci@builder.example.org' },
      { kind: 'build-log', drvPath: DRV, line: 'compiling' },
      {
        ...{ kind: 'build-stopped', drvPath: DRV, seconds: 61, verdict: 'built' },
        progress: { ended: 3, all: 7 },
      },
    ),
  ).toEqual([
    'building hello',
    '::group::[3/7] built hello on builder.example.org in 1 min 01 s',
    'compiling',
    '::endgroup::',
  ]);
});

test('an attribute’s name cannot give the runner a command', () => {
  const attribute = 'checks."x\n::set-output name=results::planted"';
  const outcome = {
    installable: '.#checks',
    attribute,
    system: undefined,
    drvPath: undefined,
    outputs: new Map(),
    status: 'built' as const,
    remote: undefined,
    seconds: undefined,
    copied: false,
    positions: [],
    error: undefined,
  };
  expect(logged({ kind: 'attribute-done', outcome })).toEqual([
    '✓ checks."x ::set-output name=results::planted": built',
  ]);
});

test('a line of ours gives no command of the old form by what it quotes', () => {
  const [stop, shown, go] = logged({ kind: 'connected', remote: 'x', detail: '##[group]planted' });
  expect(stop).toMatch(/^::stop-commands::/);
  expect(shown).toContain('##[group]planted');
  expect(go).toMatch(/^::[0-9a-f-]{36}::$/);
});

test('the output of a build that never stopped is shown in the end', () => {
  expect(logged({ kind: 'build-log', drvPath: DRV, line: 'compiling' })).toEqual([
    '::group::hello did not end',
    'compiling',
    '::endgroup::',
  ]);
});

test.each([
  '::error::planted',
  '  ::add-mask::x',
  'text ##[error]planted',
  'text\r::error::planted',
  'text\n::error::planted',
  '\u0085::error::planted',
])('a build cannot give the runner the command %s', (line) => {
  const lines = logged(
    { kind: 'build-log', drvPath: DRV, line },
    { kind: 'build-stopped', drvPath: DRV, seconds: 0 },
  );
  const [, stop, shown, go] = lines;
  const token = /^::stop-commands::([0-9a-f-]{36})$/.exec(stop ?? '')?.[1];
  expect(token).toBeDefined();
  expect(shown).toBe(line);
  expect(go).toBe(`::${token ?? ''}::`);
});

test('a build that is alone is shown as it comes when nothing was said for long, and is told apart when another begins', () => {
  const lines: string[] = [];
  const clock = { now: 0 };
  using log = new Log({
    write: (line) => lines.push(line),
    notice: () => undefined,
    warn: () => undefined,
    clock: () => clock.now,
  });
  const other = parseDrvPath(`/nix/store/${'b'.repeat(32)}-other.drv`);
  log.observe({ kind: 'build-started', drvPath: DRV });
  log.observe({ kind: 'build-log', drvPath: DRV, line: 'one' });
  log.beat();
  clock.now = 31;
  log.beat();
  log.observe({ kind: 'build-log', drvPath: DRV, line: '::error::two' });
  log.observe({ kind: 'build-started', drvPath: other });
  log.observe({ kind: 'build-log', drvPath: DRV, line: 'three' });
  log.observe({ kind: 'build-stopped', drvPath: DRV, seconds: 40, verdict: 'failed' });
  const stop = lines[3];
  expect(stop).toMatch(/^::stop-commands::/);
  expect(lines.filter((line) => !line.includes(stop?.slice(17) ?? ''))).toEqual([
    'building hello',
    'hello builds alone; its log as it comes:',
    'one',
    '::error::two',
    'building other',
    '✗ hello failed after 40 s; its log:',
    'three',
    '── end of the log of hello',
  ]);
});

test('what is uploaded, evaluated and fetched is one line each', () => {
  expect(
    logged(
      { kind: 'phase-ended', phase: 'evaluate', seconds: 3.1 },
      { kind: 'evaluated', attributes: 48, failed: 1, passedOver: [] },
      { kind: 'uploading', paths: 815, derivations: 812, bytes: 3_400_000 },
      { kind: 'substituted', path: '/nix/store/x', from: 'https://cache.example.org' },
      { kind: 'phase-ended', phase: 'build', seconds: 1 },
    ),
  ).toEqual([
    'evaluated 48 attributes in 3.1 s (1 failed)',
    'uploading 812 derivations and 3 sources, 3.4 MB',
    'not built, but substituted there: 1 path from https://cache.example.org',
  ]);
});

test.each([
  ['evil\n::stop-commands::abc\n', 'evil ::stop-commands::abc'],
  ['evil\r##[error]planted', 'evil ## [error]planted'],
  ['evil%0A::error::planted', 'evil%0A::error::planted'],
])('a machine’s name cannot give the runner the command %j', (builder, shown) => {
  const stopped = { kind: 'build-stopped', drvPath: DRV, seconds: 2 } as const;
  const started = { kind: 'build-started', drvPath: DRV, builder } as const;
  const log = { kind: 'build-log', drvPath: DRV, line: 'compiling' } as const;
  expect(logged(started, { ...stopped, verdict: 'built' })).toEqual([
    'building hello',
    `built hello on ${shown} in 2.0 s`,
  ]);
  expect(logged(started, log, { ...stopped, verdict: 'built' })[1]).toBe(
    `::group::built hello on ${shown.replaceAll('%', '%25')} in 2.0 s`,
  );
  expect(logged(started, log, { ...stopped, verdict: 'failed' })[1]).toBe(
    `✗ hello failed on ${shown} after 2.0 s; its log:`,
  );
});

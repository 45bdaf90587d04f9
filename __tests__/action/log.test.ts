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

import { expect, test } from 'vitest';
import type { OffloadedBuild } from '../../src/build/offload-engine.ts';
import {
  formatOffloadReport,
  OffloadRecords,
  parseOffloadReport,
} from '../../src/build/offload-report.ts';
import type { OutcomeStatus } from '../../src/domain/outcome.ts';
import { parseDrvPath } from '../../src/domain/store-path.ts';

const TOTALS = {
  mode: 'remote-store' as const,
  remote: 'ssh-ng://ci@builder',
  bytesSent: 1,
  bytesReceived: 2,
  reconnects: 3,
  rawOperations: new Map([[99, 2]]),
};

function build(name: string, status: OutcomeStatus, seconds?: number): OffloadedBuild {
  const drvPath = parseDrvPath(`/nix/store/${'a'.repeat(32)}-${name}.drv`);
  return { drvPath, status, seconds };
}

test('what was gathered is read again as it was', () => {
  const records = new OffloadRecords();
  records.addBuild(build('one', 'built', 1.5));
  records.addBuild(build('two', 'substituted'));
  records.addBuild(build('three', 'failed', 0));
  records.addNotice('the connection was lost');
  const report = records.report(TOTALS);
  expect(report.builds.map(({ status }) => status)).toEqual(['failed', 'built', 'substituted']);
  const json = formatOffloadReport(report);
  expect(json).not.toContain('\n');
  expect(parseOffloadReport(json)).toEqual(report);
});

test('a job with any number of builds has a report of bounded size, with all failures that fit', () => {
  const records = new OffloadRecords();
  for (let index = 0; index < 5000; index += 1) records.addBuild(build(`good${index}`, 'built', 1));
  for (let index = 0; index < 10; index += 1) records.addBuild(build(`bad${index}`, 'failed', 1));
  for (let index = 0; index < 1000; index += 1) records.addNotice(`notice ${index % 100}`);
  const report = records.report(TOTALS);
  expect(report.builds).toHaveLength(1000);
  expect(report.builds.filter(({ status }) => status === 'failed')).toHaveLength(10);
  expect(report.counts).toEqual(
    new Map([
      ['built', 5000],
      ['failed', 10],
    ]),
  );
  expect(report.notices).toHaveLength(20);
  expect(formatOffloadReport(report).length).toBeLessThan(200_000);
});

const GOOD = JSON.parse(formatOffloadReport(new OffloadRecords().report(TOTALS))) as object;

test.each<[string, object]>([
  ['no remote', { remote: undefined }],
  ['a count that is none', { counts: { built: 'many' } }],
  ['a status that there is not', { counts: { exploded: 1 } }],
  ['a build that is no derivation', { builds: [{ drvPath: '/etc/passwd', status: 'built' }] }],
  ['builds that are no list', { builds: {} }],
])('%s is refused', (_, change) => {
  expect(() => parseOffloadReport(JSON.stringify(GOOD))).not.toThrow();
  expect(() => parseOffloadReport(JSON.stringify({ ...GOOD, ...change }))).toThrow();
});

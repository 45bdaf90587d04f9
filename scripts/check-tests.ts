/**
 * `node scripts/check-tests.ts REPORT…`: fails if a JSON report of vitest has a test that did not run, or none at all. A suite of Nix that
 * could not be started must not look like one that passed.
 */
import { readFile } from 'node:fs/promises';

interface Report {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

for (const file of process.argv.slice(2)) {
  const report = JSON.parse(await readFile(file, 'utf8')) as Report;
  const notRun = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed')
      .map(({ fullName, status }) => `${status}: ${name}: ${fullName}`),
  );
  const empty = report.testResults
    .filter(({ assertionResults }) => assertionResults.length === 0)
    .map(({ name }) => `no test: ${name}`);
  for (const line of [...notRun, ...empty]) console.error(line);
  if (notRun.length + empty.length > 0 || report.numTotalTests === 0) process.exitCode = 1;
  console.log(`${report.numPassedTests} passed, ${notRun.length} failed`);
}

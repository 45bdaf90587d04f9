import { isGood, isOutcomeStatus, type OutcomeStatus } from '../domain/outcome.ts';
import { list, number, record, string } from '../domain/json.ts';
import { parseDrvPath } from '../domain/store-path.ts';
import type { OffloadedBuild } from './offload-engine.ts';
import type { RemoteDestination } from './step-request.ts';

/** Builds that are kept one by one; further ones are only counted. */
const MAX_BUILDS = 1000;

/** Notices that are kept; further ones are in the process's log. */
const MAX_NOTICES = 20;

/** What was done for later steps, from set-up to the end. */
export interface OffloadReport {
  /** Through the offload socket to a remote store, or by Nix itself on builders: then builds are not known here. */
  readonly mode: RemoteDestination['mode'];
  /** Label of the remote. */
  readonly remote: string;
  /** Failures first, else in the order in which they ended. */
  readonly builds: readonly OffloadedBuild[];
  /** How many there were of each status, those beyond `builds` too. */
  readonly counts: ReadonlyMap<OutcomeStatus, number>;
  /** Over the link to the remote, SSH's own included. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly reconnects: number;
  readonly notices: readonly string[];
  /** How many connections each operation that is not known has sent past us, by its number. */
  readonly rawOperations: ReadonlyMap<number, number>;
}

/** Gathers what is reported in the end; bounded, however much is built. */
export class OffloadRecords {
  readonly #failed: OffloadedBuild[] = [];
  readonly #good: OffloadedBuild[] = [];
  readonly #counts = new Map<OutcomeStatus, number>();
  readonly #notices = new Set<string>();

  /** Where there is no room for all, failures are kept before successes. */
  addBuild(build: OffloadedBuild): void {
    this.#counts.set(build.status, (this.#counts.get(build.status) ?? 0) + 1);
    const kept = isGood(build.status) ? this.#good : this.#failed;
    if (kept.length < MAX_BUILDS) kept.push(build);
  }

  /** What was said before is not said again. */
  addNotice(text: string): void {
    if (this.#notices.size < MAX_NOTICES) this.#notices.add(text);
  }

  report(totals: Omit<OffloadReport, 'builds' | 'counts' | 'notices'>): OffloadReport {
    const builds = [...this.#failed, ...this.#good].slice(0, MAX_BUILDS);
    const counts = new Map(this.#counts);
    return { ...totals, builds, counts, notices: [...this.#notices] };
  }
}

/** As one line of JSON. */
export function formatOffloadReport(report: OffloadReport): string {
  const builds = report.builds.map(({ drvPath, status, seconds }) => ({
    drvPath,
    status,
    ...(seconds === undefined ? {} : { seconds }),
  }));
  const counts = Object.fromEntries(report.counts);
  return JSON.stringify({ ...report, builds, counts, rawOperations: [...report.rawOperations] });
}

/** @throws Error for what {@link formatOffloadReport} does not write */
export function parseOffloadReport(json: string): OffloadReport {
  const fields = record(JSON.parse(json), 'report');
  return {
    mode: fields['mode'] === 'builders' ? 'builders' : 'remote-store',
    remote: string(fields['remote'], 'remote'),
    builds: list(fields['builds'], 'builds').map(parseBuild),
    counts: parseCounts(fields['counts']),
    bytesSent: number(fields['bytesSent'], 'bytesSent'),
    bytesReceived: number(fields['bytesReceived'], 'bytesReceived'),
    reconnects: number(fields['reconnects'], 'reconnects'),
    notices: list(fields['notices'], 'notices').map((text) => string(text, 'notices')),
    rawOperations: new Map(list(fields['rawOperations'], 'rawOperations').map(parsePair)),
  };
}

function parseCounts(value: unknown): ReadonlyMap<OutcomeStatus, number> {
  const entries = Object.entries(record(value, 'counts'));
  return new Map(entries.map(([status, count]) => [parseStatus(status), number(count, status)]));
}

function parsePair(value: unknown): readonly [number, number] {
  const [operation, count] = list(value, 'rawOperations');
  return [number(operation, 'operation'), number(count, 'count')];
}

function parseBuild(value: unknown): OffloadedBuild {
  const { drvPath, status, seconds } = record(value, 'builds');
  return {
    drvPath: parseDrvPath(string(drvPath, 'drvPath')),
    status: parseStatus(string(status, 'status')),
    seconds: seconds === undefined ? undefined : number(seconds, 'seconds'),
  };
}

function parseStatus(text: string): OutcomeStatus {
  if (isOutcomeStatus(text)) return text;
  throw new TypeError(`'${text}' is not a status`);
}

import { printable, withoutColour } from '../domain/text.ts';
import { diagnose } from './diagnose.ts';

/** Where Nix's own words end, and those of the build begin. */
const LOG = /^(Output paths:|Last \d+ log lines:|last \d+ log lines:|For full logs)/;

/**
 * The one line that says why a build failed, out of Nix's own text: without colours, the repeated log lines and the
 * "for full logs, run" advice, which does not hold for a remote store.
 */
export function summarizeBuildError(errorMessage: string): string {
  const lines = withoutColour(errorMessage)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const first = (lines[0] ?? 'the build failed without a message').replace(/^error: /, '');
  const end = lines.findIndex((line) => LOG.test(line));
  const kept = lines.slice(1, end === -1 ? undefined : end);
  const reason = kept.filter((line) => line.startsWith('Reason:') || isDetail(line));
  const why = [first.replace(/;\s*(last \d+ log lines:.*)?$/, ''), ...reason].join(' ');
  const lastWords = lines.findLast((line) => line.startsWith('> '))?.slice(2);
  return lastWords === undefined
    ? why
    : `${why.replace(/\.$/, '')}. Its log ends with: ${printable(lastWords, 200)}`;
}

/**
 * What to do about a build that failed. What its log says is the business of who wrote the build, but for a disk that is full.
 * @returns undefined where Nix's text is of no known kind
 */
export function buildRemedy(errorMessage: string): string | undefined {
  const [own = '', log = ''] = withoutColour(errorMessage).split(/^\s*[Ll]ast \d+ log lines:/m);
  const machine = { machine: 'the machine that builds' };
  const found = diagnose(own, machine);
  if (found?.weight === 'cause') return found.remedy;
  const inLog = diagnose(log, machine);
  return inLog?.id === 'disk-full' ? inLog.remedy : found?.remedy;
}

/** Lines that carry the fact itself: both hashes of a mismatch, both systems of a misfit. */
function isDetail(line: string): boolean {
  return /^(specified|got|Required|required|Current|current|likely URL)/.test(line);
}

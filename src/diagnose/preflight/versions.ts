import { oneLine } from '../../domain/text.ts';
import { wasLetIn } from './stages.ts';
import { UNKNOWN, type Answers, type Finding, type Wanted } from './findings.ts';

interface Version {
  readonly isLix: boolean;
  readonly major: number;
  readonly minor: number;
}

/** Which Nix it is, and whether that goes with what is wanted (reference: Nix's own release notes and sources). */
export function versionFinding(answers: Answers, wanted: Wanted): Finding {
  const { greeting, error } = answers;
  if (!greeting) {
    return wasLetIn(answers) && error ? { verdict: 'bad', text: oneLine(error.message) } : UNKNOWN;
  }
  const { nixVersion = 'of unknown version' } = greeting;
  const trouble = troubleWith(answers, wanted);
  return trouble === undefined
    ? { verdict: 'good', text: nixVersion }
    : { ...trouble, text: `${nixVersion}: ${trouble.text}` };
}

/** What is known to go wrong between two Nix. */
function troubleWith({ greeting, trust }: Answers, wanted: Wanted): Finding | undefined {
  const there = parseVersion(greeting?.nixVersion);
  const here = parseVersion(wanted.localNix);
  if (wanted.use === 'builder') {
    if (here?.isLix === true && isAtLeast(here, 2, 94) && isBefore(there, 2, 15)) {
      return {
        verdict: 'bad',
        text: `Lix ${wanted.localNix} does not speak with a Nix before 2.15`,
      };
    }
    if (trust === 'untrusted' && wanted.protocol === 'ssh') {
      return {
        verdict: 'bad',
        text: 'through ssh:// it builds nothing for a user whom it does not trust',
      };
    }
    if (trust === 'untrusted' && here && !here.isLix && isBefore(here, 2, 16)) {
      return {
        verdict: 'bad',
        text: `Nix ${wanted.localNix} here, being older than 2.16, has it build nothing for a user whom it does not trust`,
      };
    }
    if (trust === 'untrusted' && isBefore(there, 2, 15)) {
      return {
        verdict: 'bad',
        text: 'being older than 2.15, it builds nothing for a user whom it does not trust',
      };
    }
  }
  if (isBefore(there, 2, 8))
    return { verdict: 'noted', text: 'older than 2.8, the oldest that is tested' };
  if (here && !here.isLix && isAtLeast(here, 2, 23) && isBefore(here, 2, 34)) {
    const text = `in later steps, 'nix copy --from' of Nix ${wanted.localNix} connects anew for each path; copy-outputs does not`;
    return { verdict: 'noted', text };
  }
  return undefined;
}

function parseVersion(text = ''): Version | undefined {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined || minor === undefined
    ? undefined
    : { isLix: /lix/i.test(text), major: Number(major), minor: Number(minor) };
}

function isAtLeast({ major: has, minor }: Version, major: number, from: number): boolean {
  return has > major || (has === major && minor >= from);
}

/** A version that is not known is not before any. */
function isBefore(version: Version | undefined, major: number, minor: number): boolean {
  return version !== undefined && !isAtLeast(version, major, minor);
}

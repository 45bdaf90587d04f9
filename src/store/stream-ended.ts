import { diagnose } from '../diagnose/diagnose.ts';
import { ActionError } from '../domain/errors.ts';
import { printable } from '../domain/text.ts';

/** After the far side's end of stream, how long its standard error may still take to arrive, milliseconds. */
export const DIAGNOSTICS_GRACE = 250;

/** What is known when a stream ends that should not have. */
export interface StreamEnd {
  readonly label: string;
  readonly isGreeted: boolean;
  /** The operation whose answer was due. */
  readonly waiting: string | undefined;
  readonly waitingCount: number;
  /** What the far program printed to its standard error. */
  readonly diagnostics: string;
  readonly cause: Error | undefined;
}

/** What Node says of a program that is not there, and env(1) and shells of one that is called otherwise. */
const NOT_FOUND = /not found|ENOENT|No such file or directory|unknown command|not recognized/i;

/** That a program is missing; not that a file is that the program wanted. */
function isMissingProgram(diagnostics: string): boolean {
  const known = diagnose(diagnostics);
  return known?.weight === 'cause' ? known.code === 'nix-missing' : NOT_FOUND.test(diagnostics);
}

/** Says why a session's stream ended, as far as anybody told: `nix-missing` or `connection-lost`. */
export function streamEnded(end: StreamEnd): ActionError {
  const said = printable(end.diagnostics);
  const because = said === '' ? (end.cause?.message ?? '') : said;
  const tail = because === '' ? '' : `: ${because}`;
  if (!end.isGreeted && isMissingProgram(end.diagnostics)) {
    return new ActionError('nix-missing', `${end.label}: nix-daemon could not be started${tail}`, {
      hint:
        'Install Nix there, or name the program in the store URI, for example ' +
        '?remote-program=/nix/var/nix/profiles/default/bin/nix-daemon: PATH of a non-interactive shell often lacks it.',
      cause: end.cause,
    });
  }
  return new ActionError('connection-lost', `${end.label}: ${whileDoing(end)}${tail}`, {
    hint: remedyFor(end),
    cause: end.cause,
  });
}

function remedyFor({ isGreeted, diagnostics, label }: StreamEnd): string {
  if (isGreeted) return 'Run the step again: what was finished is not done twice.';
  return (
    diagnose(diagnostics, { machine: label })?.remedy ??
    'Is nix-daemon running there, and may this user use it? `systemctl status nix-daemon` on that machine tells.'
  );
}

function whileDoing({ isGreeted, waiting, waitingCount }: StreamEnd): string {
  if (!isGreeted) return 'the connection ended before the Nix daemon greeted';
  if (waiting === undefined) return 'the connection ended';
  const more = waitingCount - 1;
  const others = more > 0 ? ` and ${more} more answer${more === 1 ? '' : 's'}` : '';
  return `the connection ended while waiting for ${waiting}${others}`;
}

/** What the codecs throw does not know whom it is about. @param reading what was being read */
export function peerViolation(label: string, reading: string, violation: Error): ActionError {
  return new ActionError(
    'protocol-violation',
    `${label}: ${reading} breaks the worker protocol: ${violation.message}`,
    { hint: 'Something between the two sides changes the bytes, or this is not a Nix daemon.' },
  );
}

/** @param limitMs how long the greeting was waited for */
export function greetingTimedOut(label: string, limitMs: number): ActionError {
  return new ActionError(
    'connect-timeout',
    `${label}: the Nix daemon did not greet in ${limitMs / 1000} s`,
  );
}

/** @param limitMs how long the answer was waited for */
export function daemonSilent(label: string, operation: string, limitMs: number): ActionError {
  return new ActionError(
    'connection-lost',
    `${label}: the Nix daemon has not answered ${operation} for ${limitMs / 1000} s, though the connection lives`,
    {
      hint:
        'Is that machine overloaded, or is a path locked there by a step whose link died? ' +
        'ClientAliveInterval 15 in its sshd_config ends what such steps left.',
    },
  );
}

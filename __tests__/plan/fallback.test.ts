import { describe, expect, it } from 'vitest';
import { ActionError, type ErrorCode } from '../../src/domain/errors.ts';
import { FALLBACKS, reasonToFallBack } from '../../src/plan/fallback.ts';
import type { WorkflowEvent } from '../../src/plan/workflow-event.ts';

const EVENTS = {
  push: { name: 'push', actor: 'person', pullRequest: undefined },
  fork: { name: 'pull_request', actor: 'person', pullRequest: { from: 'b/c', to: 'a/c' } },
  dependabot: { name: 'pull_request', actor: 'dependabot[bot]', pullRequest: undefined },
} satisfies Readonly<Record<string, WorkflowEvent>>;

/** `event fallback` of every pair for which that error is a reason. */
function covered(code: ErrorCode): readonly string[] {
  return Object.entries(EVENTS).flatMap(([name, event]) =>
    FALLBACKS.filter(
      (fallback) => reasonToFallBack(new ActionError(code, 'no'), fallback, event) !== undefined,
    ).map((fallback) => `${name} ${fallback}`),
  );
}

describe('a step falls back', () => {
  it('without credentials, where GitHub passes none', () => {
    const pairs = ['fork forks', 'fork unreachable', 'dependabot forks', 'dependabot unreachable'];
    expect(covered('credentials-missing')).toEqual(pairs);
  });

  it.each<ErrorCode>(['host-unresolvable', 'host-unreachable', 'connect-timeout'])(
    'on %s where that is asked for, whatever the event',
    (code) => {
      const pairs = ['push unreachable', 'fork unreachable', 'dependabot unreachable'];
      expect(covered(code)).toEqual(pairs);
    },
  );

  it.each<ErrorCode>([
    'host-key-unknown',
    'host-key-mismatch',
    'host-key-revoked',
    'authentication-failed',
    'protocol-mismatch',
    'protocol-violation',
    'nix-missing',
    'key-invalid',
    'key-passphrase',
    'input-invalid',
    'connection-lost',
    'channel-refused',
    'evaluation-failed',
    'cancelled',
    'internal',
  ])('never on %s', (code) => {
    expect(covered(code)).toEqual([]);
  });

  it('for a reason that says what is missing, and whose event it is', () => {
    const error = new ActionError('credentials-missing', "Input 'ssh-key' is empty");
    expect(reasonToFallBack(error, 'forks', EVENTS.fork)).toBe(
      "Input 'ssh-key' is empty: this workflow was started by a pull request from a fork",
    );
  });
});

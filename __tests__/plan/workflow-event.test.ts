import { expect, test } from 'vitest';
import {
  isPrivileged,
  whoGetsNoSecrets,
  type PullRequest,
  type WorkflowEvent,
} from '../../src/plan/workflow-event.ts';

const OWN: PullRequest = { from: 'people/project', to: 'people/project' };
const FOREIGN: PullRequest = { from: 'stranger/project', to: 'people/project' };
const DELETED: PullRequest = { from: undefined, to: 'people/project' };

const FORK = 'a pull request from a fork';

function event(name: string, pullRequest?: PullRequest, actor = 'person'): WorkflowEvent {
  return { name, actor, pullRequest };
}

test.each<[WorkflowEvent, string | undefined]>([
  [event('pull_request', FOREIGN), FORK],
  [event('pull_request', DELETED), FORK],
  [event('pull_request_review', FOREIGN), FORK],
  [event('pull_request_review_comment', FOREIGN), FORK],
  [event('pull_request', OWN), undefined],
  // These run the base's own workflow, with its secrets.
  [event('pull_request_target', FOREIGN), undefined],
  [event('workflow_run'), undefined],
  [event('issue_comment'), undefined],
  [event('merge_group'), undefined],
  [event('push'), undefined],
  [event('schedule'), undefined],
  [event(''), undefined],
  [event('pull_request', OWN, 'dependabot[bot]'), 'Dependabot'],
  [event('push', undefined, 'dependabot[bot]'), 'Dependabot'],
  [event('deployment_status', undefined, 'dependabot[bot]'), 'Dependabot'],
  [event('pull_request_target', OWN, 'dependabot[bot]'), undefined],
  [event('schedule', undefined, 'dependabot[bot]'), undefined],
  [event('push', undefined, 'renovate[bot]'), undefined],
])('%o gets no secrets for: %s', (given, expected) => {
  expect(whoGetsNoSecrets(given)).toBe(expected);
});

test('privileged is what gets secrets beside a stranger’s code', () => {
  const names = ['pull_request', 'push', 'pull_request_target', 'workflow_run', 'issue_comment'];
  const privileged = names.filter((name) => isPrivileged(event(name)));
  expect(privileged).toEqual(['pull_request_target', 'workflow_run']);
});

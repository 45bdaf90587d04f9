import { readFileSync } from 'node:fs';
import { record, string } from '../domain/json.ts';
import type { PullRequest, WorkflowEvent } from '../plan/workflow-event.ts';

/** What started the workflow, as GitHub's runner tells every step: by variables, and the event's payload in a file. */
export function readEvent(env: NodeJS.ProcessEnv): WorkflowEvent {
  return {
    name: env['GITHUB_EVENT_NAME'] ?? '',
    actor: env['GITHUB_ACTOR'] ?? '',
    pullRequest: readPullRequest(env['GITHUB_EVENT_PATH'] ?? ''),
  };
}

/** Undefined where the payload is about none. */
function readPullRequest(file: string): PullRequest | undefined {
  try {
    const payload = record(JSON.parse(readFileSync(file, 'utf8')), 'payload');
    const { head, base } = record(payload['pull_request'], 'pull_request');
    const { repo } = record(head, 'head');
    return {
      // The branch outlives a fork that is deleted, and has no repository then.
      from: repo === null ? undefined : fullName(repo),
      to: fullName(record(base, 'base')['repo']),
    };
  } catch {
    return undefined;
  }
}

function fullName(repository: unknown): string {
  return string(record(repository, 'repo')['full_name'], 'full_name');
}

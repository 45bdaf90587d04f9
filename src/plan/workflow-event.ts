/** What started a workflow. */
export interface WorkflowEvent {
  /** `GITHUB_EVENT_NAME`. */
  readonly name: string;
  /** `GITHUB_ACTOR`: who started it first; whoever starts it again has no other rights. */
  readonly actor: string;
  /** The pull request that it is about, if it is about one. */
  readonly pullRequest: PullRequest | undefined;
}

/** Repositories are named `owner/name`. */
export interface PullRequest {
  /** The repository of its branch; undefined where that one is deleted. */
  readonly from: string | undefined;
  readonly to: string;
}

/** Events that run a pull request's own workflow, which may be a stranger's. */
const OF_PULL_REQUESTS: ReadonlySet<string> = new Set([
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
]);

/** Events that GitHub treats as those of a fork when Dependabot causes them ("Troubleshooting Dependabot on GitHub Actions"). */
const OF_DEPENDABOT: ReadonlySet<string> = new Set([
  ...OF_PULL_REQUESTS,
  'push',
  'create',
  'deployment',
  'deployment_status',
]);

/** Events that get secrets, and may be about a stranger's code all the same. */
const PRIVILEGED: ReadonlySet<string> = new Set(['pull_request_target', 'workflow_run']);

/** Whose event it is, where GitHub passes no secrets of the repository to it; undefined where it does. */
export function whoGetsNoSecrets({ name, actor, pullRequest }: WorkflowEvent): string | undefined {
  if (actor === 'dependabot[bot]' && OF_DEPENDABOT.has(name)) return 'Dependabot';
  if (!pullRequest || !OF_PULL_REQUESTS.has(name)) return undefined;
  return pullRequest.from === pullRequest.to ? undefined : 'a pull request from a fork';
}

/** Whether a workflow with secrets may be about to run what a stranger wrote. */
export function isPrivileged({ name }: WorkflowEvent): boolean {
  return PRIVILEGED.has(name);
}

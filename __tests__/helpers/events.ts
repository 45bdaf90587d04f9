import type { NixHost } from '../../lab/index.ts';

/** What GitHub's runner tells a step of the event. */
export interface EventOptions {
  readonly name: string;
  /** Default: a person. */
  readonly actor?: string;
  /** The event's payload; default: as of a push. */
  readonly payload?: unknown;
}

const REPOSITORY = 'people/project';

/** The payload of an event about a pull request, as far as a step reads it. */
export function pullRequestPayload(from: string | null): unknown {
  return {
    action: 'synchronize',
    pull_request: {
      // Whether a repository is a fork itself says nothing of this pull request.
      head: { ref: 'topic', repo: from === null ? null : { full_name: from, fork: true } },
      base: { ref: 'main', repo: { full_name: REPOSITORY, fork: true } },
    },
    repository: { full_name: REPOSITORY },
  };
}

export const PUSH: EventOptions = { name: 'push' };

export const FORKS_PULL_REQUEST: EventOptions = {
  name: 'pull_request',
  payload: pullRequestPayload('stranger/project'),
};

export const OWN_PULL_REQUEST: EventOptions = {
  name: 'pull_request',
  payload: pullRequestPayload(REPOSITORY),
};

/** The variables of an event, its payload in a file as on GitHub. */
export async function eventVariables(
  runner: NixHost,
  { name, actor = 'person', payload = { ref: 'refs/heads/main' } }: EventOptions,
): Promise<Readonly<Record<string, string>>> {
  const folder = await runner.output(['mktemp', '-d', '/tmp/event-XXXXXX']);
  await runner.output(['chmod', '755', folder]);
  await runner.write(folder, { 'event.json': JSON.stringify(payload) });
  return {
    GITHUB_EVENT_NAME: name,
    GITHUB_EVENT_PATH: `${folder}/event.json`,
    GITHUB_ACTOR: actor,
    GITHUB_REPOSITORY: REPOSITORY,
  };
}

import { ActionError } from '../domain/errors.ts';
import type { DrvPath } from '../domain/store-path.ts';
import { addBuildLog, queryValidPaths } from '../protocol/operations.ts';
import type { Session } from './session.ts';
import { runStreamed } from './streamed-request.ts';

/** How long an idle daemon may take to refuse, milliseconds. */
const REFUSAL_GRACE = 250;

/**
 * Hands in logs of builds. A daemon takes them only from users whom it trusts, and refuses others without reading on (daemon.cc,
 * AddBuildLog): what was sent of a log by then would be read as requests. So one that has said that it does not trust us is not asked,
 * and one that does not say, below protocol 1.35, is first given the time to refuse.
 */
export class BuildLogs {
  readonly #session: Session;
  #isWelcome = false;

  constructor(session: Session) {
    this.#session = session;
  }

  async add(drvPath: DrvPath, chunks: AsyncIterable<Buffer>): Promise<void> {
    const session = this.#session;
    const { trust } = session.knownGreeting ?? (await session.greeting);
    if (trust === 'untrusted') throw refused(session.label);
    this.#isWelcome ||= trust === 'trusted';
    // Once it has answered this it is idle, and nothing else delays its refusal.
    if (!this.#isWelcome) await session.run(queryValidPaths([drvPath], 'no-substitute'));
    await runStreamed(session, addBuildLog(drvPath), {
      refusalGrace: this.#isWelcome ? 0 : REFUSAL_GRACE,
      send: (frames, interruption) => interruption.forEach(chunks, (chunk) => frames.add(chunk)),
    });
    this.#isWelcome = true;
  }
}

function refused(label: string): ActionError {
  return new ActionError(
    'daemon-error',
    `${label}: the Nix daemon takes build logs only from users that it trusts`,
    { hint: "Name this user in 'trusted-users' of nix.conf on that machine." },
  );
}

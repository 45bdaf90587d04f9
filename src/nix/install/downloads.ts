import { rm, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ActionError, toError } from '../../domain/errors.ts';
import { oneLine } from '../../domain/text.ts';
import { shownUrl } from './release.ts';

/** Files from elsewhere, and what this machine keeps of them from one job to the next. */
export interface ToolCache {
  /** A file that is kept; undefined if there is none. */
  find(tool: string, version: string): Promise<string | undefined>;
  keep(file: string, tool: string, version: string): Promise<void>;
  /** Downloads to a file that does not exist yet. It may try again by itself, and cannot be stopped: who gives up leaves it running. */
  download(url: string, file: string): Promise<void>;
  /** A small text. It has an end of its own. */
  read(url: string): Promise<string>;
}

/** What a server answered instead of the file. */
export class HttpFailure extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the server answers ${status}`);
    this.status = status;
  }
}

/** Milliseconds without a byte: of a file that has begun to come, and of one that has not. Between tries up to 20 s pass. */
const STALL_LIMIT = 20_000;
const START_LIMIT = 60_000;

/** Milliseconds between looks at how much has come. */
const LOOK_INTERVAL = 250;

/**
 * Downloads a file, for as long as something of it comes.
 * @throws ActionError `download-failed`, `disk-full`, `cancelled`
 */
export async function download(
  tools: ToolCache,
  url: string,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const watching = new AbortController();
  const downloading = tools.download(url, file);
  downloading.catch(() => undefined); // once it is given up
  const ends = [watch(file, AbortSignal.any([signal, watching.signal])), downloading];
  try {
    await Promise.race(ends);
  } catch (error) {
    await rm(file, { force: true });
    throw signal.aborted ? cancelled(signal) : downloadFailure(url, error);
  } finally {
    watching.abort();
  }
}

async function watch(file: string, signal: AbortSignal): Promise<never> {
  let size: number | undefined;
  let since = performance.now();
  for (;;) {
    await delay(LOOK_INTERVAL, undefined, { signal });
    const now = await stat(file).then(
      (found) => found.size,
      () => undefined,
    );
    if (now !== size) since = performance.now();
    size = now;
    const limit = size === undefined ? START_LIMIT : STALL_LIMIT;
    if (performance.now() - since > limit) throw new Error(`no byte came for ${limit / 1000} s`);
  }
}

function cancelled(signal: AbortSignal): ActionError {
  return new ActionError('cancelled', 'cancelled while Nix was downloaded', {
    cause: signal.reason,
  });
}

/** What kept a file from coming, for people. */
export function downloadFailure(url: string, thrown: unknown): ActionError {
  if (thrown instanceof ActionError) return thrown;
  const cause = toError(thrown);
  const why = `cannot download ${shownUrl(url)}: ${oneLine(cause.message)}`;
  if (codeOf(cause) === 'ENOSPC') {
    return new ActionError('disk-full', why, { cause, hint: 'Free disk space on the runner.' });
  }
  return new ActionError('download-failed', why, { cause, hint: hintFor(cause) });
}

function hintFor(cause: Error): string {
  if (cause instanceof HttpFailure && cause.status === 404) {
    return 'Is there such a release? Check nix-version and nix-install-url.';
  }
  if (/certificate|CERT|self.signed/.test(`${codeOf(cause)} ${cause.message}`)) {
    return 'Set NODE_EXTRA_CA_CERTS for the job to a file with the certificate of who signed that of the server.';
  }
  return 'Where the runner cannot reach it, set nix-install-url to a mirror, or install Nix in an earlier step.';
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

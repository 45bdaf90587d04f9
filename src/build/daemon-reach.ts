import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { ActionError, toError } from '../domain/errors.ts';
import { parseStorePath } from '../domain/store-path.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { Store } from '../store/store.ts';
import { listenPrivately } from '../tunnel/private-socket.ts';
import { deliverOptions } from './daemon-options.ts';

/** How long a daemon may take, milliseconds. It has nothing to do but to connect. */
const LIMIT = 5000;

/** In no store. */
const NOWHERE = parseStorePath(`/nix/store/${'0'.repeat(32)}-nix-remote-build`);

/**
 * Makes sure that a daemon that trusts us reaches sockets of ours: one that runs outside of the container that the job is in, or has a /tmp
 * of its own, could start nothing there that joins it to a tunnel. It is told of a substituter behind a socket of ours, and asked what that
 * has; where it cannot connect, its answer says so.
 * @param store a session of its own, closed afterwards
 * @param folder where tunnels are
 * @param settings the local Nix's
 * @throws ActionError `daemon-elsewhere`; any other trouble is no answer
 */
export async function checkDaemonReach(
  store: Store,
  folder: string,
  settings: NixSettings | undefined,
): Promise<void> {
  const socketPath = path.join(folder, '.reach');
  const server = createServer((client) => client.destroy());
  await listenPrivately(server, socketPath, 'a question to the local Nix daemon');
  const limit = setTimeout(() => store.close(), LIMIT);
  try {
    const complaint = await askThrough(store, socketPath, settings);
    if (complaint.includes('cannot connect') && complaint.includes(socketPath)) throw elsewhere();
  } finally {
    clearTimeout(limit);
    store.close();
    server.close();
    await rm(socketPath, { force: true });
  }
}

/** @returns what the daemon complains about; nobody who connects to that socket is answered, so that it always does, if it is trusted to */
async function askThrough(
  store: Store,
  socketPath: string,
  settings: NixSettings | undefined,
): Promise<string> {
  try {
    const { nixVersion } = await store.greeting;
    const { setOptions } = deliverOptions(optionsFor(socketPath), 'socket', nixVersion, settings);
    if (setOptions === undefined) return '';
    await store.setOptions(setOptions);
    await store.queryMissing([{ kind: 'opaque', path: NOWHERE }]);
    return '';
  } catch (error) {
    return toError(error).message;
  }
}

function optionsFor(socketPath: string) {
  const asked = { substituters: `unix://${socketPath}`, substitute: 'true', fallback: 'false' };
  return {
    keepGoing: undefined,
    maxJobs: undefined,
    cores: undefined,
    timeout: undefined,
    maxSilentTime: undefined,
    settings: new Map(Object.entries(asked)),
  };
}

function elsewhere(): ActionError {
  return new ActionError(
    'daemon-elsewhere',
    'the local Nix daemon does not reach the sockets of this job, and could not use its builders: it runs outside of the container that the job ' +
      'is in, or with a /tmp of its own',
    {
      hint:
        'Use store in place of builders (mode: remote-store), which asks nothing of that daemon; or run the job outside of the container, or ' +
        'with a Nix of its own in it; or, where the service of nix-daemon has PrivateTmp, take that away.',
    },
  );
}

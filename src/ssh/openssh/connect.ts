import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { ActionError } from '../../domain/errors.ts';
import type { OpensshOptions, Timeouts } from '../options.ts';
import { clientVersion } from './client-version.ts';
import { KeyAgent } from './agent.ts';
import { ClientProcess } from './client-process.ts';
import {
  clientArguments,
  clientConfiguration,
  clientFiles,
  knownHostsFile,
  pinnedLines,
  type ClientFiles,
} from './configuration.ts';
import { OpensshConnection } from './connection.ts';
import { clientFailure, clientTimedOut } from './failure.ts';
import { Multiplexer } from './multiplexer.ts';

/**
 * Connects with the machine's own OpenSSH client.
 * @throws ActionError of group "reaching the remote", `input-invalid` where there is no client that can be used, or `cancelled`
 */
export async function connectOpenssh(
  options: OpensshOptions,
  timeouts: Timeouts,
): Promise<OpensshConnection> {
  refuseUser(options.user);
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(options.directory, 'ssh-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const files = clientFiles(folder);
  await writeFiles(options, files, timeouts);
  const client = await logIn(options, files, timeouts, opened);
  const { process, user } = client;
  const multiplexer = await Multiplexer.connect(files.control).catch(async (error: unknown) => {
    if (error instanceof ActionError && error.code === 'input-invalid') throw error;
    process.close(); // it may live on without its control socket
    throw clientFailure(options, { code: await process.ended, said: process.said });
  });
  const connection = new OpensshConnection({ options, timeouts, user, process, multiplexer });
  const resources = opened.move();
  void connection.closed.finally(() => resources.disposeAsync());
  options.onRequestable?.(connection);
  return connection;
}

/** The client hands the name on to a shell, and older ones take any. */
function refuseUser(user: string | undefined): void {
  // eslint-disable-next-line no-control-regex
  if (user === undefined || !/['\u0000-\u001f\u007f]/.test(user)) return;
  throw new ActionError('input-invalid', `${JSON.stringify(user)} is no user to log in as`, {
    hint: 'With transport: openssh a user name holds no quotes and no control characters.',
  });
}

async function writeFiles(
  options: OpensshOptions,
  files: ClientFiles,
  timeouts: Timeouts,
): Promise<void> {
  const { knownHosts, pinned } = options.hostKeys;
  const version = await clientVersion(options.env);
  await Promise.all([
    writeFile(files.configuration, clientConfiguration(options, files, timeouts, version)),
    knownHosts !== undefined && writeFile(files.knownHosts, knownHostsFile(knownHosts)),
    pinned && writeFile(files.pinned, pinnedLines(pinned)),
  ]);
}

interface LoggedIn {
  readonly process: ClientProcess;
  readonly user: string;
}

/** Our agent is there as long as this takes: nothing is signed on a connection once it is made. */
async function logIn(
  options: OpensshOptions,
  files: ClientFiles,
  timeouts: Timeouts,
  opened: AsyncDisposableStack,
): Promise<LoggedIn> {
  const { identity, env, signal } = options;
  const keys = identity.kind === 'keys' ? identity.keys : undefined;
  const agent = keys && (await KeyAgent.listen(files.agent, keys));
  // Clients for the hosts on the way are started by that one.
  const agentEnv = keys ? { SSH_AUTH_SOCK: files.agent } : {};
  const words = clientArguments(options, files);
  const process = ClientProcess.start(words, { ...env, ...agentEnv, SSH_ASKPASS_REQUIRE: 'never' });
  opened.defer(() => process.close());
  const { tcpMs, handshakeMs, authenticationMs } = timeouts;
  const limitMs = tcpMs + handshakeMs + authenticationMs;
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(clientTimedOut(options, limitMs)), limitMs);
  const onAbort = (): void => reject(cancelled(options));
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted === true) onAbort();
  try {
    const user = await Promise.race([process.ready(), stopped]);
    if (user !== undefined) return { process, user };
    throw clientFailure(options, { code: await process.ended, said: process.said });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    agent?.close();
  }
}

function cancelled({ host }: OpensshOptions): ActionError {
  return new ActionError('cancelled', `connecting to ${host} was cancelled`);
}

import * as core from '@actions/core';
import os from 'node:os';
import type { Observe } from '../build/events.ts';
import { endpointsOf } from '../build/endpoints.ts';
import { examined, examineRemotes, type Examined, type Purpose } from '../build/preflight.ts';
import type { Answers } from '../diagnose/preflight/findings.ts';
import type { ActionError, ErrorCode } from '../domain/errors.ts';
import { machineName, type Machine } from '../domain/machine.ts';
import { childEnvironment } from '../nix/environment.ts';
import { nixVersion } from '../nix/version.ts';
import { accessWith } from './access.ts';
import type { Inputs } from './inputs.ts';
import { currentUser } from './place.ts';
import { makeSocketDirectory, removeSocketDirectory } from './socket-directory.ts';
import { preflightLines, preflightMarkdown } from './preflight-table.ts';
import type { Secrets } from './secrets.ts';
import { writeSummary } from './write-summary.ts';

/** What only a remote can have caused. */
const OF_REMOTE: ReadonlySet<ErrorCode> = new Set([
  'host-unresolvable',
  'host-unreachable',
  'connect-timeout',
  'host-key-unknown',
  'host-key-mismatch',
  'host-key-revoked',
  'authentication-failed',
  'channel-refused',
]);

/** What connections have shown by themselves, so that nobody is asked again when one fails. */
export class Encounters {
  readonly #answers = new Map<string, Answers>();
  #hasFailures = false;

  readonly observe: Observe = (event) => {
    if (event.kind === 'connected') {
      this.#answers.set(event.remote, { isConnected: true, ...event.answers });
    }
    if (event.kind === 'remote-failed' && event.error.code !== 'cancelled') {
      const { isConnected, error } = event;
      this.#answers.set(event.remote, { isConnected, error });
      this.#hasFailures = true;
    }
  };

  /** For later steps another process connects: with several remotes it is not known whose failure it was. */
  endSetUp(error: ActionError, { request }: Inputs): void {
    const [only, ...others] = endpointsOf(request.destination);
    if (only === undefined || others.length > 0 || !OF_REMOTE.has(error.code)) return;
    this.observe({ kind: 'remote-failed', remote: machineName(only), isConnected: false, error });
  }

  /** @returns undefined where no connection failed */
  examined(machines: readonly Machine[], purpose: Purpose): readonly Examined[] | undefined {
    if (!this.#hasFailures) return undefined;
    return machines.map((machine) =>
      examined(machine, this.#answers.get(machineName(machine)) ?? { isConnected: false }, purpose),
    );
  }
}

/** Examines all remotes, on connections of their own, and shows what was found; fails nothing. */
export async function preflight(
  inputs: Inputs,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<void> {
  const machines = endpointsOf(inputs.request.destination);
  if (machines.length === 0) {
    core.notice('preflight: there is no remote to examine');
    return;
  }
  const env = childEnvironment(process.env);
  const directory = await makeSocketDirectory();
  try {
    const user = currentUser();
    const place = { processEnv: process.env, env, user, directory };
    const command = { nix: 'nix', env, signal, workingDirectory: os.tmpdir() };
    const local = await nixVersion(command).catch(() => undefined);
    const version = local && `${local.vendor === 'lix' ? 'Lix ' : ''}${local.text}`;
    const purpose = purposeOf(inputs, version);
    const access = accessWith(inputs.hostChecks, secrets, place);
    await tell(await examineRemotes(machines, purpose, access, signal), inputs);
  } finally {
    await removeSocketDirectory(directory);
  }
}

/** Shows how far each connection came, if one failed; nobody is asked for that. */
export async function tellEncounters(encounters: Encounters, inputs: Inputs): Promise<void> {
  if (inputs.preflight) return;
  const machines = endpointsOf(inputs.request.destination);
  const all = encounters.examined(machines, purposeOf(inputs, undefined));
  if (all) await tell(all, inputs);
}

function purposeOf({ hostChecks, request, task }: Inputs, localNix: string | undefined): Purpose {
  return {
    transport: hostChecks.transport,
    use: request.destination.mode === 'builders' ? 'builder' : 'store',
    system: task === 'build' ? request.system : undefined,
    localNix,
  };
}

async function tell(all: readonly Examined[], { writeSummary: isWanted }: Inputs): Promise<void> {
  for (const line of preflightLines(all)) core.info(line);
  if (isWanted) await writeSummary(preflightMarkdown(all));
}

import os from 'node:os';
import { toError } from '../domain/errors.ts';
import type { Machine } from '../domain/machine.ts';
import { readLocalSettings } from '../nix/local-settings.ts';
import type { Evidence } from '../plan/evidence.ts';
import { withHistory } from '../plan/experience.ts';
import { machinesOf, type Choosing } from './choice.ts';
import { canStartDaemon } from './evidence-root.ts';
import { gatherEvidence, type LocalSide, type RemoteSide } from './evidence.ts';
import { localNixVersion } from './local-nix.ts';
import { isTrustedByLocal } from './local-trust.ts';
import { trustOf } from './machine-trust.ts';
import { remoteOn } from './remote-on.ts';
import type { Remote } from './remote.ts';
import { planTargets } from './targets.ts';

/** Evidence for this choice. Takes 2 s at most, on sessions of its own, which are closed. */
export async function askForEvidence(choosing: Choosing): Promise<Evidence> {
  const { request, evaluation } = choosing;
  const remotes = machinesOf(choosing).map((machine) =>
    remoteSide(machine, remoteOn(machine, choosing.stores)),
  );
  try {
    const targets = planTargets(evaluation.attributes, request.copy);
    const evidence = await gatherEvidence({ local: localSide(choosing), remotes }, targets);
    const history = await choosing.learning?.history;
    return history ? withHistory(evidence, history) : evidence;
  } finally {
    for (const { session } of remotes) void session?.then((each) => each.close(), toError);
  }
}

function localSide({ request, context, local }: Choosing): LocalSide {
  const { env, signal, user, runnerSystem } = context;
  const isTrusted = isTrustedByLocal(local, context);
  return {
    store: local.store,
    isTrusted,
    system: runnerSystem,
    user,
    settings: readLocalSettings({ nix: 'nix', env, signal, workingDirectory: os.tmpdir() }),
    version: localNixVersion(context),
    canStartDaemon: isTrusted.then((trusted) => trusted || canStartDaemon(env)),
    maxJobs: request.options.maxJobs,
  };
}

function remoteSide(machine: Machine, remote: Remote | undefined): RemoteSide {
  if (!remote) {
    const settings = Promise.resolve(undefined);
    return { machine, session: undefined, trust: undefined, settings, roundTripMs: undefined };
  }
  const session = remote.openSession();
  return {
    ...{ machine, session },
    trust: session.then(trustOf),
    settings: remote.settings(),
    roundTripMs: remote.roundTripMs,
  };
}

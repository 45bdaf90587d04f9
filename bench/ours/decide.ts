/** Gathers evidence on what is to be built, as the action does after evaluation, and prints which mode it chooses. */
import os from 'node:os';
import { text } from 'node:stream/consumers';
import { gatherEvidence, type LocalSide, type RemoteSide } from '../../src/build/evidence.ts';
import { canStartDaemon } from '../../src/build/evidence-root.ts';
import { isTrustedByLocal } from '../../src/build/local-trust.ts';
import { trustOf } from '../../src/build/machine-trust.ts';
import type { Remote } from '../../src/build/remote.ts';
import { machineOfStore } from '../../src/domain/machine.ts';
import { parseDrvPath, parseStorePath } from '../../src/domain/store-path.ts';
import { systemOfMachine } from '../../src/domain/system.ts';
import { readLocalSettings } from '../../src/nix/local-settings.ts';
import { nixVersion } from '../../src/nix/version.ts';
import { decide, type Decision } from '../../src/plan/decide.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { connect, definedVariables, type OursRequest } from './request.ts';

/** What it is asked; it comes on standard input. */
export interface DecideRequest extends OursRequest {
  readonly back: boolean;
}

/** What it prints: one line of JSON. */
export interface DecideReport {
  readonly decision: Decision;
  /** From the open connection to the decision. */
  readonly seconds: number;
}

const request = JSON.parse(await text(process.stdin)) as DecideRequest;
const { signal } = new AbortController();
const env = definedVariables();
const remote = await connect(request, signal);
const local = await localSide();
const side = remoteSide(remote);
const targets = request.derivations.map(({ drvPath, output }) => ({
  key: parseDrvPath(drvPath),
  outputs: new Map([['out', parseStorePath(output)]]),
  copy: request.back ? ('copy' as const) : ('leave' as const),
}));
const session = await side.session;
await Promise.all([side.trust, side.settings, local.settings, local.isTrusted]);
const start = performance.now();
const evidence = await gatherEvidence({ local, remotes: [side] }, targets);
const decision = decide(evidence);
const report: DecideReport = { decision, seconds: (performance.now() - start) / 1000 };
process.stdout.write(`${JSON.stringify(report)}\n`);
local.store.close();
session?.close();
remote.close();

async function localSide(): Promise<LocalSide> {
  const store = await openLocalStore({ env });
  const system = systemOfMachine(process.arch, process.platform);
  if (!system) throw new Error('no Nix runs on this machine');
  const user = os.userInfo().username;
  const nix = { nix: 'nix', env, signal, workingDirectory: os.tmpdir() };
  return {
    store: store.store,
    isTrusted: isTrustedByLocal(store, { env, signal, user }),
    ...{ system, user },
    settings: readLocalSettings(nix),
    version: nixVersion(nix),
    canStartDaemon: canStartDaemon(env),
    maxJobs: undefined,
  };
}

function remoteSide(place: Remote): RemoteSide {
  const session = place.openSession();
  const { uri, roundTripMs } = place;
  return {
    machine: machineOfStore(uri),
    ...{ session, roundTripMs },
    trust: session.then(trustOf),
    settings: place.settings(),
  };
}

/** Has derivations built that are all built already, with the part of the action that does it. */
import { ActivityTracker } from '../../src/build/activity-tracker.ts';
import { buildRemotely, type RemoteBuild, type Target } from '../../src/build/remote-build.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { timeFromConnection } from './request.ts';

await timeFromConnection(async ({ remote, derivations, env, signal, observe }) => {
  const targets = derivations.map(({ drvPath, output }): Target => ({
    key: drvPath,
    outputs: new Map([['out', output]]),
    copy: 'leave',
  }));
  const [store, local] = await Promise.all([remote.buildSession(observe), openLocalStore({ env })]);
  const tracker = new ActivityTracker(observe, () => performance.now() / 1000);
  const parts: RemoteBuild = {
    local: local.store,
    remote: store,
    inputs: { copyInputs: 'auto', ...remote.inputs },
    rename: remote.rename,
    lossOf: () => undefined,
    tracker,
    copyBack: undefined,
    observe,
    signal,
  };
  const results = await buildRemotely(parts, targets);
  const notCached = targets.filter(({ key }) => results.get(key)?.status !== 'cached');
  if (notCached.length > 0)
    throw new Error(`${notCached.length} of ${targets.length} were not there`);
  store.close();
  local.store.close();
});

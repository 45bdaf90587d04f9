/** Has derivations built that are all built already, with the part of the action that does it. */
import { Building } from '../../src/build/build-anywhere.ts';
import { InputWatch } from '../../src/build/input-watch.ts';
import { Phases } from '../../src/build/phases.ts';
import type { Connected } from '../../src/build/site.ts';
import type { Target } from '../../src/build/target.ts';
import { Workplace } from '../../src/build/workplace.ts';
import { openLocalStore } from '../../src/store/local-store.ts';
import { timeFromConnection } from './request.ts';

await timeFromConnection(async ({ remote, derivations, env, signal, observe }) => {
  const targets = derivations.map(({ drvPath, output }): Target => ({
    key: drvPath,
    outputs: new Map([['out', output]]),
    copy: 'leave',
  }));
  const [store, local] = await Promise.all([remote.buildSession(observe), openLocalStore({ env })]);
  const clock = (): number => performance.now() / 1000;
  const traffic = { bytesSent: 0, bytesReceived: 0 };
  const place: Connected = {
    place: remote,
    session: store,
    openSession: undefined,
    traffic,
    again: undefined,
  };
  const building = new Building({
    local: local.store,
    copyInputs: 'auto',
    places: [place],
    employ: (connected) =>
      new Workplace({ connected, copyBack: undefined, observe, clock, signal }),
    observe,
    signal,
    inputs: new InputWatch(),
    phases: new Phases(clock, observe),
  });
  await building.build(targets);
  const { results } = building;
  const notCached = targets.filter(({ key }) => results.get(key)?.status !== 'cached');
  if (notCached.length > 0)
    throw new Error(`${notCached.length} of ${targets.length} were not there`);
  store.close();
  local.store.close();
});

import * as core from '@actions/core';
import { loadState } from './action/state.ts';
import { endMarkedProcesses } from './nix/leftovers.ts';

/** Ends what a killed main left behind. A main that ended by itself left nothing. */
export async function cleanup(): Promise<void> {
  const state = loadState();
  if (!state) return;
  const ended = await endMarkedProcesses(state.marker);
  if (ended > 0) core.info(`Ended ${ended} processes that the cancelled step had left.`);
}

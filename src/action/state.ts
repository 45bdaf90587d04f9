import * as core from '@actions/core';

/** What main leaves for post. */
export interface State {
  /** Environment marker of every child that main starts: how post finds what a killed main left behind. */
  readonly marker: string;
}

export function saveState(state: State): void {
  core.saveState('marker', state.marker);
}

/** @returns undefined when main did not get as far as saving it. */
export function loadState(): State | undefined {
  const marker = core.getState('marker');
  return marker === '' ? undefined : { marker };
}

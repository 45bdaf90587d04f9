import * as core from '@actions/core';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { toError, type ActionError } from '../domain/errors.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Inputs } from './inputs.ts';
import { temporary } from './place.ts';
import { setOutputs } from './report.ts';
import { renderEarlyFailure, type EarlyFailure } from './summary/early.ts';
import { writeSummary } from './write-summary.ts';

/**
 * Tells of a step that ended before there was anything to report, as one that did is told of: outputs and summary. Never rejects: what
 * went wrong before is what counts.
 * @param inputs undefined where they were what is wrong
 */
export async function tellOfEarlyFailure(
  error: ActionError,
  inputs: Inputs | undefined,
): Promise<void> {
  const failure: EarlyFailure = {
    error,
    installables: installablesOf(inputs),
    task: taskOf(inputs),
  };
  await orWarn('The outputs', async () => {
    if (failure.task === 'build') await setEarlyOutputs(failure, inputs);
  });
  await orWarn('The job summary', async () => {
    const isWanted = inputs?.writeSummary ?? core.getInput('summary') !== 'false';
    if (isWanted) await writeSummary(renderEarlyFailure(failure));
  });
}

async function orWarn(what: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (thrown) {
    core.warning(`${what} could not be written: ${toError(thrown).message}`);
  }
}

async function setEarlyOutputs(failure: EarlyFailure, inputs: Inputs | undefined): Promise<void> {
  const mode = inputs?.request.destination.mode;
  await setOutputs(
    {
      mode: mode === 'auto' ? undefined : mode,
      outcomes: failure.installables.map((text) => unstarted(text, failure.error)),
      pushes: [],
      bytesUploaded: 0,
      bytesDownloaded: 0,
    },
    await mkdtemp(path.join(temporary(), 'nix-remote-build-')),
  );
}

/** Where inputs are wrong, whether anything was to be built is what they say all the same. */
function taskOf(inputs: Inputs | undefined): EarlyFailure['task'] {
  if (inputs) return inputs.task;
  const isNamed = ['installables', 'file', 'expr'].some((name) => core.getInput(name) !== '');
  return isNamed ? 'build' : 'set-up';
}

function installablesOf(inputs: Inputs | undefined): readonly string[] {
  return inputs?.task === 'build' ? inputs.request.installables.map(({ text }) => text) : [];
}

/** An installable that nothing is known of, because something else failed. */
function unstarted(installable: string, error: ActionError): Outcome {
  return {
    installable,
    attribute: installable,
    system: undefined,
    drvPath: undefined,
    outputs: new Map(),
    status: 'cancelled',
    remote: undefined,
    seconds: undefined,
    copied: false,
    positions: [],
    error,
  };
}

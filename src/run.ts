import * as core from '@actions/core';
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Cancellation } from './action/cancellation.ts';
import { reportFailure } from './action/crash.ts';
import { readCredentials } from './action/credentials.ts';
import { readInputs, type Inputs } from './action/inputs.ts';
import { Log } from './action/log.ts';
import { annotateFailures, failureOf, setOutputs } from './action/report.ts';
import { takeSecrets, type Secrets } from './action/secrets.ts';
import { saveState } from './action/state.ts';
import { writeSummary } from './action/summary.ts';
import type { StepContext, StepReport } from './build/step-request.ts';
import { runStep } from './build/step.ts';
import { ActionError } from './domain/errors.ts';
import { systemOfMachine, type System } from './domain/system.ts';
import { childEnvironment } from './nix/environment.ts';
import { MARKER_VARIABLE } from './nix/leftovers.ts';

/** The step. Whatever goes wrong fails it with one line. */
export async function run(): Promise<void> {
  const secrets = takeSecrets(process.env);
  using cancellation = new Cancellation();
  using log = new Log({ write: core.info, notice: core.notice, warn: core.warning, clock });
  try {
    const inputs = readInputs((name) => core.getInput(name), workspace());
    const directory = await mkdtemp(path.join(temporary(), 'nix-remote-build-'));
    const place = await prepareContext(inputs, secrets, directory);
    const context = { ...place, observe: log.observe, clock, signal: cancellation.signal };
    await finish(await runStep(inputs.request, context), inputs, directory);
  } catch (error) {
    reportFailure(error);
  }
}

/** Seconds. */
function clock(): number {
  return performance.now() / 1000;
}

async function prepareContext(
  inputs: Inputs,
  secrets: Secrets,
  directory: string,
): Promise<Omit<StepContext, 'observe' | 'clock' | 'signal'>> {
  const marker = randomUUID();
  saveState({ marker });
  const logDirectory = path.join(directory, 'logs');
  core.setOutput('log-dir', logDirectory);
  return {
    credentials: await readCredentials(secrets, inputs.request.store, process.env),
    hostKeys: inputs.hostKeys,
    user: currentUser(),
    env: { ...childVariables(), [MARKER_VARIABLE]: marker },
    runnerSystem: runnerSystem(),
    logDirectory,
    temporaryDirectory: directory,
  };
}

/** Tells of everything, then fails the step if anything is missing. */
async function finish(report: StepReport, inputs: Inputs, directory: string): Promise<void> {
  await setOutputs(report, directory);
  annotateFailures(report);
  if (inputs.writeSummary) await writeSummary(report);
  const failure = failureOf(report);
  if (failure) throw failure;
}

/** In a container the user may have no entry in passwd, for which Node throws. */
function currentUser(): string {
  try {
    return os.userInfo().username;
  } catch {
    return process.env['USER'] ?? 'root';
  }
}

function workspace(): string {
  return process.env['GITHUB_WORKSPACE'] ?? process.cwd();
}

function temporary(): string {
  return process.env['RUNNER_TEMP'] ?? os.tmpdir();
}

function runnerSystem(): System {
  const system = systemOfMachine(process.arch, process.platform);
  if (system) return system;
  throw new ActionError(
    'input-invalid',
    `Nix does not run on ${process.platform} (${process.arch})`,
    {
      hint: 'Use a Linux or macOS runner.',
    },
  );
}

function childVariables(): Readonly<Record<string, string>> {
  const entries = Object.entries(childEnvironment(process.env));
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

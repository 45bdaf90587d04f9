import * as core from '@actions/core';
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { accessWith } from './action/access.ts';
import { annotateFailures } from './action/annotations.ts';
import { keepWith } from './action/cache/in-main.ts';
import { Cancellation } from './action/cancellation.ts';
import { reportFailure } from './action/crash.ts';
import { hasCredentials } from './action/credentials.ts';
import { tellOfEarlyFailure } from './action/early-failure.ts';
import { readEvent } from './action/event.ts';
import { fallBackWith } from './action/fallback.ts';
import { readInputs, type BuildInputs, type Inputs } from './action/inputs.ts';
import { lastLine } from './action/last-line.ts';
import { Log } from './action/log.ts';
import {
  clock,
  currentUser,
  inputPlace,
  pipeProgram,
  runnerKind,
  runnerSystem,
  temporary,
  workspace,
} from './action/place.ts';
import { maskTokens } from './action/mask.ts';
import { Encounters, preflight, tellEncounters } from './action/preflight.ts';
import { failureOf, setOutputs } from './action/report.ts';
import { openNix } from './action/runner-nix.ts';
import { isSecretInput, takeSecrets, type Secrets } from './action/secrets.ts';
import { makeSocketDirectory, removeSocketDirectory } from './action/socket-directory.ts';
import { saveMarker, saveSocketDirectory } from './action/state.ts';
import { renderSummary } from './action/summary.ts';
import { writeSummary } from './action/write-summary.ts';
import type { Observe } from './build/events.ts';
import { endpointsOf } from './build/endpoints.ts';
import { runStepOrLocally } from './build/step-or-local.ts';
import type { StepContext, StepReport } from './build/step-request.ts';
import { asActionError, type ActionError } from './domain/errors.ts';
import { Checkout } from './nix/checkout.ts';
import { childEnvironment } from './nix/environment.ts';
import { evaluatedFolders } from './nix/flake-folder.ts';
import type { OpenedNix } from './nix/install/open-runner-nix.ts';
import { MARKER_VARIABLE } from './nix/leftovers.ts';
import { refuseImpureEvaluation } from './plan/impure-evaluation.ts';
import { setUp } from './set-up.ts';

/** The step. Whatever goes wrong fails it with one line. */
export async function run(): Promise<void> {
  const secrets = takeSecrets(process.env);
  maskTokens(secrets);
  using cancellation = new Cancellation();
  const { signal } = cancellation;
  const encounters = new Encounters();
  let inputs: Inputs | undefined;
  let isTold = false;
  try {
    const given = new Map<string, string>();
    const place = await inputPlace(core.getInput('builders'));
    inputs = readInputs((name) => {
      const text = isSecretInput(name) ? secrets[name] : core.getInput(name);
      given.set(name, text);
      return text;
    }, place);
    const marker = randomUUID();
    saveMarker(marker);
    if (inputs.preflight) await preflight(inputs, secrets, signal);
    const endpoints = endpointsOf(inputs.request.destination);
    await using cache = await keepWith(inputs.mayKeep, secrets, endpoints, signal);
    if (inputs.task === 'set-up') {
      await setUp(inputs, { given, secrets, marker, kept: cache.kept, signal });
      return;
    }
    const failure = await build(inputs, { secrets, marker, signal, encounters, kept: cache.kept });
    isTold = true;
    if (failure) reportFailure(failure);
  } catch (error) {
    reportFailure(error);
    if (!isTold) await tellOfEarlyFailure(asActionError(error), inputs);
    if (inputs?.task === 'set-up') encounters.endSetUp(asActionError(error), inputs);
  }
  if (inputs) await tellEncounters(encounters, inputs);
}

/** What a build has to go on. */
interface BuildContext extends Pick<StepContext, 'kept' | 'signal'> {
  readonly encounters: Encounters;
  readonly secrets: Secrets;
  readonly marker: string;
}

/** @returns how it failed, if it did and all is told of it */
async function build(
  inputs: BuildInputs,
  { secrets, marker, signal, kept, encounters }: BuildContext,
): Promise<ActionError | undefined> {
  refuseImpure(inputs, secrets);
  using log = new Log({ write: core.info, notice: core.notice, warn: core.warning, clock });
  const directory = await mkdtemp(path.join(temporary(), 'nix-remote-build-'));
  const socketDirectory = await makeSocketDirectory();
  saveSocketDirectory(socketDirectory); // for post, should this be killed
  // What ends the step ends installing.
  const ending = new AbortController();
  try {
    const env = { ...childEnvironment(process.env), [MARKER_VARIABLE]: marker };
    const until = AbortSignal.any([signal, ending.signal]);
    const opened = await openNix(inputs.nixWanted, env, kept, until);
    const own = { directory, socketDirectory, ...opened };
    const place = prepareContext(inputs, secrets, own);
    const observe: Observe = (event) => {
      log.observe(event);
      encounters.observe(event);
    };
    const context = { ...place, kept, observe, clock, signal };
    const fallBack = fallBackWith(inputs.fallback, 'So it is built here, on the runner.');
    const report = await runStepOrLocally(inputs.request, context, fallBack);
    return await finish(report, inputs, directory);
  } finally {
    ending.abort();
    await removeSocketDirectory(socketDirectory);
  }
}

/** @throws ActionError `input-invalid` of plan/impure-evaluation.ts */
function refuseImpure({ request, hostChecks }: BuildInputs, secrets: Secrets): void {
  const isWithSecrets =
    request.nixConf.accessToken !== undefined ||
    request.push !== undefined ||
    // What it would find there is not known.
    hostChecks.transport === 'openssh' ||
    hasCredentials(secrets, endpointsOf(request.destination), process.env);
  refuseImpureEvaluation(request, readEvent(process.env), isWithSecrets);
}

/** What a step has for itself. */
interface Own extends OpenedNix {
  readonly directory: string;
  readonly socketDirectory: string;
}

function prepareContext(
  inputs: BuildInputs,
  secrets: Secrets,
  { directory, socketDirectory, env, nix }: Own,
): Omit<StepContext, 'kept' | 'observe' | 'clock' | 'signal'> {
  const logDirectory = path.join(directory, 'logs');
  core.setOutput('log-dir', logDirectory);
  const user = currentUser();
  const place = { processEnv: process.env, env, user, directory: socketDirectory };
  return {
    access: accessWith(inputs.hostChecks, secrets, place),
    user,
    env,
    nix,
    runnerSystem: runnerSystem(),
    runnerKind: runnerKind(),
    pipe: pipeProgram(),
    logDirectory,
    temporaryDirectory: directory,
    socketDirectory,
  };
}

async function checkoutOf({ request }: BuildInputs): Promise<Checkout> {
  return await Checkout.of(evaluatedFolders(request), childEnvironment(process.env));
}

/**
 * Tells of everything. Never rejects: what cannot be told in one place fails the step, and is told in the others as it is.
 * @returns what fails the step, if anything is missing
 */
async function finish(
  report: StepReport,
  inputs: BuildInputs,
  directory: string,
): Promise<ActionError | undefined> {
  await orFail(() => setOutputs(report, directory));
  core.info(lastLine(report));
  await orFail(async () => annotateFailures(report, await checkoutOf(inputs), workspace()));
  await orFail(async () => {
    if (inputs.writeSummary) await writeSummary(renderSummary(report));
  });
  return failureOf(report);
}

async function orFail(tell: () => Promise<void>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    reportFailure(error);
  }
}

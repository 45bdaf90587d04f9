import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { accessWith } from './action/access.ts';
import { Cancellation } from './action/cancellation.ts';
import { readInputs } from './action/inputs.ts';
import { clock, currentUser, inputPlace, pipeProgram } from './action/place.ts';
import { secretsOf } from './action/secrets.ts';
import { requireCredentials } from './build/endpoints.ts';
import { formatOffloadReport } from './build/offload-report.ts';
import type { RemoteDestination } from './build/step-request.ts';
import { aborted } from './domain/aborted.ts';
import { ActionError, asActionError } from './domain/errors.ts';
import { childEnvironment } from './nix/environment.ts';
import { MARKER_VARIABLE } from './nix/leftovers.ts';
import { ControlServer } from './service/control.ts';
import { offloadFolder, removeOffloadFolder, type OffloadFolder } from './offload/folder.ts';
import { jobGone } from './service/job-watch.ts';
import { parseAssignment, type Assignment, type SetUpAnswer } from './service/messages.ts';
import { BuildersService, type BuildersServiceContext } from './service/builders-service.ts';
import { OffloadService, type OffloadRequest } from './service/offload-service.ts';
import type { Service } from './service/service.ts';

/** Milliseconds for handing the report over. */
const ANSWER_LIMIT = 2000;

/** The process that serves the offload socket: from its assignment on standard input to its end. */
export async function serve(): Promise<void> {
  outliveTheStep();
  using cancellation = new Cancellation();
  const { signal } = cancellation;
  const assignment = parseAssignment(await text(process.stdin));
  try {
    const setUp = await Promise.race([start(assignment, signal), aborted(signal)]);
    await answer(setUp.service.ready);
    await serveToTheEnd(setUp, assignment, signal);
  } catch (thrown) {
    const { code, message, hint } = asActionError(thrown);
    note(message);
    await answer({ kind: 'failed', code, message, hint });
  }
}

/** What the process says: its log is read when it has ended by itself. Never a secret. */
export function note(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

/** The step ends, and with it whoever reads standard output; the process goes on, and keeps its secrets. */
function outliveTheStep(): void {
  process.on('SIGHUP', () => undefined);
  // Unheard, it opens Node's debugger, to every user of the machine.
  process.on('SIGUSR1', () => undefined);
  process.stdout.on('error', () => undefined);
}

interface SetUp {
  readonly service: Service;
  readonly control: ControlServer;
  readonly folder: OffloadFolder;
}

async function start(
  { inputs, workspace, folder: path }: Assignment,
  signal: AbortSignal,
): Promise<SetUp> {
  const read = (name: string): string => inputs[name] ?? '';
  const { task, request, hostChecks } = readInputs(
    read,
    await inputPlace(read('builders').trim(), workspace),
  );
  if (task !== 'set-up') throw new ActionError('internal', 'the inputs name what to build');
  const marker = process.env[MARKER_VARIABLE] ?? '';
  const env = { ...childEnvironment(process.env), [MARKER_VARIABLE]: marker };
  const user = currentUser();
  const from = { processEnv: process.env, env, user, directory: path };
  const access = accessWith(hostChecks, secretsOf(read), from);
  const { destination, ...rest } = request;
  await requireCredentials(destination, access);
  // No path is relative from here on, and the workspace may be removed.
  process.chdir('/');
  const folder = offloadFolder(path);
  const place = { user, env, folder, clock, signal, onNotice: note };
  const pipe = pipeProgram();
  const service = await startService(destination, rest, { access, pipe, ...place });
  return { service, control: await ControlServer.listen(folder.control), folder };
}

function startService(
  destination: RemoteDestination,
  rest: Omit<OffloadRequest, 'stores'>,
  context: BuildersServiceContext,
): Promise<Service> {
  return destination.mode === 'builders'
    ? BuildersService.start({ machines: destination.machines, ...rest }, context)
    : OffloadService.start({ stores: destination.stores, ...rest }, context);
}

async function serveToTheEnd(
  { service, control, folder }: SetUp,
  { job }: Assignment,
  signal: AbortSignal,
): Promise<void> {
  const reply = await Promise.race([
    control.stopped,
    jobGone(job, folder.path, signal).then(note, () => undefined),
    aborted(signal).catch(() => note('told to end')),
  ]);
  const report = await service.stop();
  // Without a post that asks, nobody else tidies up.
  if (!reply && !signal.aborted) await removeOffloadFolder(folder);
  // That connection stays open: its end tells that this process is gone.
  await Promise.race([reply?.(formatOffloadReport(report)), delay(ANSWER_LIMIT)]);
}

async function answer(line: SetUpAnswer): Promise<void> {
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, resolve));
}

import { isErrorCode, type ErrorCode } from '../domain/errors.ts';
import { list, number, record, string } from '../domain/json.ts';

/** What the offload process is told on its standard input: one line, and the only place that secrets pass through. */
export interface Assignment {
  /** Every input that set-up reads, secrets included, by name. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly workspace: string;
  /** Path of the folder to serve in. */
  readonly folder: string;
  /** The process that runs the job's steps; undefined where that cannot be told. */
  readonly job: JobProcess | undefined;
}

/** A process, told from a later one that has got the same number. */
export interface JobProcess {
  readonly pid: number;
  /** As /proc tells it; empty where there is no /proc. */
  readonly startTime: string;
}

/** What it answers on its standard output: one line. */
export type SetUpAnswer =
  | {
      readonly kind: 'ready';
      /** Label of the remote. */
      readonly remote: string;
      /** For people: the remote's Nix version and the round trip. */
      readonly detail: string;
      readonly warnings: readonly string[];
      /** Variables for Nix in later steps. */
      readonly exports: Readonly<Record<string, string>>;
    }
  | ({ readonly kind: 'failed' } & Failure);

/** An ActionError on its way to another process. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | undefined;
}

/** @throws TypeError for what is not JSON of an {@link Assignment}; no part of it is in the message */
export function parseAssignment(json: string): Assignment {
  const { inputs, workspace, folder, job } = record(parseSecretly(json), 'assignment');
  return {
    inputs: texts(inputs, 'inputs'),
    workspace: string(workspace, 'workspace'),
    folder: string(folder, 'folder'),
    job: job === undefined ? undefined : parseJob(job),
  };
}

function texts(value: unknown, name: string): Readonly<Record<string, string>> {
  const entries = Object.entries(record(value, name));
  return Object.fromEntries(entries.map(([key, text]) => [key, string(text, key)]));
}

/** Like JSON.parse, whose error quotes what it was given. */
function parseSecretly(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new TypeError('the assignment is not whole');
  }
}

function parseJob(value: unknown): JobProcess {
  const { pid, startTime } = record(value, 'job');
  return { pid: number(pid, 'pid'), startTime: string(startTime, 'startTime') };
}

/** @throws Error for what is not JSON of a {@link SetUpAnswer} */
export function parseSetUpAnswer(json: string): SetUpAnswer {
  const answer = record(JSON.parse(json), 'answer');
  if (answer['kind'] === 'ready') {
    return {
      kind: 'ready',
      remote: string(answer['remote'], 'remote'),
      detail: string(answer['detail'], 'detail'),
      warnings: list(answer['warnings'], 'warnings').map((text) => string(text, 'warnings')),
      exports: texts(answer['exports'], 'exports'),
    };
  }
  return { kind: 'failed', ...parseFailure(answer) };
}

function parseFailure({ code, message, hint }: Readonly<Record<string, unknown>>): Failure {
  const word = string(code, 'code');
  return {
    code: isErrorCode(word) ? word : 'internal',
    message: string(message, 'message'),
    hint: hint === undefined ? undefined : string(hint, 'hint'),
  };
}

import os from 'node:os';
import path from 'node:path';
import { ActionError } from '../domain/errors.ts';
import { systemOfMachine, type System } from '../domain/system.ts';
import type { PipeProgram } from '../tunnel/launcher.ts';
import type { InputPlace } from './destination.ts';

/** The folder that relative paths of inputs are in. */
export function workspace(): string {
  return process.env['GITHUB_WORKSPACE'] ?? process.cwd();
}

/** The folder for the job's own files. */
export function temporary(): string {
  return process.env['RUNNER_TEMP'] ?? os.tmpdir();
}

/**
 * Where sockets go: into that folder, unless it is in the workspace. Nix copies a folder that it is to build into the store, and a socket
 * in it is an error.
 */
export function socketDirectory(preferred: string): string {
  const way = path.relative(workspace(), preferred);
  return way === '' || !way.startsWith('..') ? '/tmp' : preferred;
}

/** In a container the user may have no entry in passwd, for which Node throws. */
export function currentUser(): string {
  try {
    return os.userInfo().username;
  } catch {
    return process.env['USER'] ?? 'root';
  }
}

/**
 * By Node's `process.arch` and `process.platform`.
 * @throws ActionError `input-invalid` where there is no Nix for this machine
 */
export function runnerSystem(
  arch: string = process.arch,
  platform: string = process.platform,
): System {
  const system = systemOfMachine(arch, platform);
  if (system) return system;
  const name = platform === 'win32' ? 'Windows' : platform;
  throw new ActionError('input-invalid', `Nix does not run on ${name} (${arch})`, {
    hint: 'Use a Linux or macOS runner.',
  });
}

/** Runners of one kind are GitHub's of one image, or one's own; and of one size. */
export function runnerKind(): string {
  const { RUNNER_ENVIRONMENT: whose = '', ImageOS: image = '' } = process.env;
  return `${whose} ${image} ${os.availableParallelism()}`;
}

/**
 * What inputs are read against.
 * @param builders the input of that name: what reads it is loaded where there is something to read
 * @param folder that relative paths are in
 */
export async function inputPlace(builders: string, folder = workspace()): Promise<InputPlace> {
  const reading = builders === '' ? undefined : await import('../domain/builders.ts');
  return {
    workspace: folder,
    runnerSystem: runnerSystem(),
    parseBuilders: reading?.parseBuilders,
    githubHost: githubHost(),
    cloud: cloud(),
  };
}

/** An Enterprise Server has a host of its own, and its tokens are for that one. */
/** What the AWS library in Nix reads, for `push-to: s3://…`. No other child gets them. */
function cloud(): Readonly<Record<string, string>> {
  const given = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[0].startsWith('AWS_') && entry[1] !== undefined,
  );
  return Object.fromEntries(given);
}

function githubHost(): string {
  const server = process.env['GITHUB_SERVER_URL'] ?? '';
  return URL.canParse(server) ? new URL(server).host : 'github.com';
}

/** What joins Nix to a tunnel of ours. Found beside this program: a bundle does not know where it is. */
export function pipeProgram(): PipeProgram {
  const here = path.dirname(process.argv[1] ?? '');
  return { node: process.execPath, script: path.resolve(here, '../pipe/index.js') };
}

/** Seconds. */
export function clock(): number {
  return performance.now() / 1000;
}

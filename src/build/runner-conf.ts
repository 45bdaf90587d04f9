import { rm } from 'node:fs/promises';
import os from 'node:os';
import { ActionError } from '../domain/errors.ts';
import { oneLine } from '../domain/text.ts';
import { readLocalSettings } from '../nix/local-settings.ts';
import { runNix, type NixCommand } from '../nix/nix-command.ts';
import { parseNixConf, type NixConfSetting } from '../nix/nix-conf-lines.ts';
import {
  overriddenSettings,
  renderNixConf,
  type GivenConf,
  type NixConfOptions,
} from '../nix/nix-conf.ts';
import { userConfFiles, writeNixConf } from '../nix/user-conf-files.ts';
import { nixVersion, type NixVersion } from '../nix/version.ts';
import type { StepContext } from './step-request.ts';

/** A configuration of ours for Nix on the runner, in front of those that it reads anyway. */
export interface RunnerConf {
  /** The environment of children that are to heed it. */
  readonly env: Readonly<Record<string, string>>;
  /** What it adds to the environment: for later steps. */
  readonly exports: Readonly<Record<string, string>>;
}

/** Where such a configuration is written. */
export type ConfContext = Pick<StepContext, 'env' | 'signal' | 'socketDirectory' | 'observe'>;

/**
 * Puts what the user gave in force; where nothing is given, nothing is done.
 * @param opened takes what has to be removed
 * @throws ActionError `input-invalid` for what Nix does not take
 */
export async function openGivenConf(
  given: GivenConf,
  context: ConfContext,
  opened: AsyncDisposableStack,
): Promise<RunnerConf> {
  const { env } = context;
  if (given.accessToken === undefined && given.extraConfig.trim() === '') {
    return { env, exports: {} };
  }
  const version = await nixVersion(commandOf(context));
  return openRunnerConf(given, version, context, opened);
}

/**
 * Writes a configuration of ours, the user's lines last, and tells what of ours does not hold because of them.
 * @param opened takes what has to be removed
 * @throws ActionError `input-invalid` for what Nix does not take
 */
export async function openRunnerConf(
  options: NixConfOptions & GivenConf,
  version: NixVersion,
  context: ConfContext,
  opened: AsyncDisposableStack,
): Promise<RunnerConf> {
  const { env, socketDirectory } = context;
  const { text, ours, overridden } = renderNixConf({
    ...options,
    presentAccessTokens: options.accessToken && (await presentAccessTokens(context)),
  });
  tellOfOverridden(ours, overridden, context);
  const file = await writeNixConf(socketDirectory, text);
  // Of no use when the step has ended, and it may hold a secret.
  opened.defer(() => rm(file, { force: true }));
  const exports = { NIX_USER_CONF_FILES: await userConfFiles(file, env, version) };
  const conf = { env: { ...env, ...exports }, exports };
  if (options.extraConfig.trim() !== '') await tryOut({ ...context, env: conf.env }, file);
  return conf;
}

function commandOf({ env, signal }: ConfContext): Omit<NixCommand, 'args'> {
  return { nix: 'nix', env, signal, workingDirectory: os.tmpdir() };
}

async function presentAccessTokens(context: ConfContext): Promise<string | undefined> {
  return (await readLocalSettings(commandOf(context)))?.get('access-tokens');
}

function tellOfOverridden(
  ours: readonly NixConfSetting[],
  byExtra: readonly string[],
  { env, observe }: ConfContext,
): void {
  const warn = (source: string, names: readonly string[]): void => {
    if (names.length === 0) return;
    const text = `${source} overrides what this step sets: ${names.join(', ')}`;
    observe({ kind: 'warning', text });
  };
  warn('extra-nix-config', byExtra);
  warn('NIX_CONFIG', overriddenSettings(ours, readable(env['NIX_CONFIG'] ?? '')));
}

/** What is wrong with the job's own configuration is for Nix to say. */
function readable(text: string): readonly NixConfSetting[] {
  try {
    return parseNixConf(text, 'NIX_CONFIG');
  } catch {
    return [];
  }
}

/** A value that Nix does not take, or a file that is not there, would fail every command of every later step. */
async function tryOut(context: ConfContext, file: string): Promise<void> {
  const words: string[] = [];
  const { exitCode } = await runNix({
    ...commandOf(context),
    args: ['--version'],
    onStderr: (line) => words.push(line),
  });
  if (exitCode === 0) return;
  const said = oneLine(words.join(' '))
    .replace(/^error: /, '')
    .replaceAll(file, 'it');
  throw new ActionError('input-invalid', `extra-nix-config: Nix does not take it: ${said}`, {
    hint: 'Correct that line, or leave it out.',
  });
}

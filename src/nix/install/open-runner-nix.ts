import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { System } from '../../domain/system.ts';
import { userConfFiles } from '../user-conf-files.ts';
import { nixVersion, parseNixVersion, type NixVersion } from '../version.ts';
import { install, type InstallContext } from './install.ts';
import { troubleOf } from './known-trouble.ts';
import { planNix, type Known, type NixWanted } from './plan.ts';
import { findPresentNix } from './present-nix.ts';
import { installedPaths } from './register.ts';
import type { Release } from './release.ts';
import { NIX_IS_THERE, type RunnerNix } from './runner-nix.ts';
import { findCertificates, missingTools } from './surroundings.ts';

type Environment = Readonly<Record<string, string>>;

/** What a Nix is found, or installed, with. */
export interface RunnerNixContext extends InstallContext {
  readonly system: System;
  readonly warn: (text: string) => void;
  /** Hears, once Nix is there, what later steps need to find it: the folder of its programs, and variables. */
  readonly onReady: (programs: string, variables: Environment) => void;
}

/** The runner's Nix, and the environment of children that use it. */
export interface OpenedNix {
  readonly nix: RunnerNix;
  /** True from the beginning, though Nix may still have to come. */
  readonly env: Environment;
}

/**
 * Finds the Nix that serves, or prepares to install one. Nothing is installed before it is asked for.
 * @throws ActionError `nix-missing` where there is none as it is wanted, and none is installed
 */
export async function openRunnerNix(
  wanted: NixWanted,
  context: RunnerNixContext,
): Promise<OpenedNix> {
  const { env, system } = context;
  const plan = planNix(wanted, await presentNix(wanted, context), system);
  if (plan.kind === 'none') return { nix: NIX_IS_THERE, env };
  if (plan.kind === 'use') {
    const { folder, isOnPath } = plan.present;
    if (isOnPath) return { nix: NIX_IS_THERE, env };
    const ready = once(() => {
      context.onReady(folder, {});
      return Promise.resolve();
    });
    return { nix: { coming: undefined, ready }, env: withPath(env, folder) };
  }
  return comingNix(plan.release, wanted, context);
}

async function presentNix(
  { version: asked }: NixWanted,
  { env, signal }: RunnerNixContext,
): Promise<Known | undefined> {
  const present = await findPresentNix(env);
  if (!present || asked === undefined) return present && { ...present, version: undefined };
  const nix = path.join(present.folder, 'nix');
  const { text } = await nixVersion({ nix, env, signal, workingDirectory: os.tmpdir() });
  return { ...present, version: text };
}

async function comingNix(
  release: Release,
  { version: asked }: NixWanted,
  context: RunnerNixContext,
): Promise<OpenedNix> {
  const { programs } = installedPaths(release);
  const coming = versionOf(release);
  const conf = path.join(context.temporaryDirectory, 'nix-remote-build.conf');
  const variables = {
    NIX_USER_CONF_FILES: await userConfFiles(conf, context.env, coming),
    ...(await certificateVariables(release, context)),
  };
  const env = { ...withPath(context.env, programs), ...variables };
  const ready = once(async () => {
    const trouble = asked === undefined ? undefined : troubleOf(asked);
    for (const text of [trouble ?? [], await missingTools(env)].flat()) context.warn(text);
    await writeFile(conf, CONF);
    await install(release, { ...context, env });
    context.onReady(programs, variables);
  });
  return { nix: { coming, ready }, env };
}

function versionOf({ version }: Release): NixVersion {
  const parsed = parseNixVersion(`nix (Nix) ${version}`);
  if (!parsed) throw new TypeError(`${version} is no version of Nix`);
  return parsed;
}

/** Root, too, builds as himself: there are no build users. */
const CONF = [
  '# Of the Nix that nix-remote-build has installed for this job.',
  'extra-experimental-features = nix-command flakes',
  'build-users-group =',
  'max-jobs = auto',
  '',
].join('\n');

async function certificateVariables(
  release: Release,
  { env, tell }: RunnerNixContext,
): Promise<Environment> {
  const found = await findCertificates(env);
  if (found.kind === 'found') return {};
  if (found.kind === 'elsewhere') return { NIX_SSL_CERT_FILE: found.file };
  tell('There are no CA certificates on this runner: Nix uses those that come with it.');
  return { NIX_SSL_CERT_FILE: installedPaths(release).certificates };
}

function withPath(env: Environment, folder: string): Environment {
  const others = env['PATH'] ?? '';
  return { ...env, PATH: others === '' ? folder : `${folder}:${others}` };
}

/** However often it is called, it is done once. */
function once(act: () => Promise<void>): () => Promise<void> {
  let acting: Promise<void> | undefined;
  return () => (acting ??= act());
}

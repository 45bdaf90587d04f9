import * as core from '@actions/core';
import process from 'node:process';
import type { Kept } from '../domain/kept.ts';
import { openRunnerNix, type OpenedNix } from '../nix/install/open-runner-nix.ts';
import type { NixWanted } from '../nix/install/plan.ts';
import { runnerSystem, temporary } from './place.ts';
import { saveUnpackFolder } from './state.ts';
import { toolCache } from './tool-cache.ts';

/**
 * The runner's Nix, as it is or as it will be. Once it is there, later steps find it, too.
 * @param env of children
 * @param signal ends installing
 */
export function openNix(
  wanted: NixWanted,
  env: Readonly<Record<string, string>>,
  kept: Kept,
  signal: AbortSignal,
): Promise<OpenedNix> {
  return openRunnerNix(wanted, {
    ...{ env, signal, system: runnerSystem() },
    ...{ kept, tools: toolCache(process.env) },
    owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    temporaryDirectory: temporary(),
    isMachineKept: process.env['RUNNER_ENVIRONMENT'] !== 'github-hosted',
    tell: core.info,
    warn: core.warning,
    onFolder: saveUnpackFolder,
    onReady: (programs, variables) => {
      core.addPath(programs);
      for (const [name, value] of Object.entries(variables)) core.exportVariable(name, value);
    },
  });
}

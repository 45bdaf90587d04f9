import * as core from '@actions/core';
import { saveKept } from './action/cache/in-post.ts';
import { offloadLine, renderOffloadSummary } from './action/offload-summary.ts';
import { removeSocketDirectory } from './action/socket-directory.ts';
import { loadState, type OffloadState } from './action/state.ts';
import { writeSummary } from './action/write-summary.ts';
import { parseOffloadReport, type OffloadReport } from './build/offload-report.ts';
import { printable } from './domain/text.ts';
import { removeUnpacked } from './nix/install/unpack-folder.ts';
import { endMarkedProcesses } from './nix/leftovers.ts';
import { offloadFolder, removeOffloadFolder } from './offload/folder.ts';
import { askToStop, lastWords } from './service/stop.ts';

/** Lines of its log that are shown of a process that did not answer. */
const LAST_LINES = 5;

/**
 * Ends the offload socket, and what a killed main left behind; a main that ended by itself left nothing else of that kind. Then saves what
 * main put aside for later runs.
 */
export async function cleanup(): Promise<void> {
  const state = loadState();
  if (!state) return;
  if (state.offload) await endOffload(state.offload, state.marker);
  else await endLeftovers(state.marker);
  if (state.unpackFolder !== undefined) await removeUnpacked(state.unpackFolder);
  if (state.socketDirectory !== undefined) await removeSocketDirectory(state.socketDirectory);
  if (state.keptFolder !== undefined) await saveKept(state.keptFolder);
}

async function endLeftovers(marker: string): Promise<void> {
  const ended = await endMarkedProcesses(marker);
  if (ended > 0) core.info(`Ended ${ended} processes that the cancelled step had left.`);
}

async function endOffload(state: OffloadState, marker: string): Promise<void> {
  const folder = offloadFolder(state.folder);
  // A main that failed, or was killed, has told nobody of the socket.
  const answer = state.isReady ? await askToStop(folder.control) : undefined;
  await endLeftovers(marker);
  const words = await lastWords(folder.log, LAST_LINES);
  await removeOffloadFolder(folder);
  if (answer !== undefined) await tell(parseOffloadReport(answer), state);
  else if (state.isReady) warnOfSilence(words);
}

async function tell(
  report: OffloadReport,
  { writeSummary: isWanted }: OffloadState,
): Promise<void> {
  for (const notice of report.notices) core.notice(notice);
  core.info(offloadLine(report));
  if (isWanted) await writeSummary(renderOffloadSummary(report));
}

function warnOfSilence(words: readonly string[]): void {
  const said = words.length === 0 ? '' : ` Its last words: ${printable(words.join(' | '), 2000)}`;
  core.warning(
    `The process of the offload socket did not answer: it had ended before its time, or hung.${said}`,
  );
}

import * as core from '@actions/core';
import { isOwnFolder } from './own-folder.ts';

/** What main leaves for post. */
export interface State {
  /** Environment marker of every child that main starts: how post finds what a killed main left behind. */
  readonly marker: string;
  /** Folder of main's own sockets, which is there no more when main has ended by itself; undefined where it made none. */
  readonly socketDirectory: string | undefined;
  /** Folder with what is to be kept for later runs; undefined where there is nothing. */
  readonly keptFolder: string | undefined;
  /** Where Nix was unpacked, which is there no more when main has ended by itself; undefined where none was. */
  readonly unpackFolder: string | undefined;
  /** Undefined where no offload socket was asked for. */
  readonly offload: OffloadState | undefined;
}

/** The process that serves the offload socket. */
export interface OffloadState {
  /** Its folder. */
  readonly folder: string;
  /** Whether main saw it serve: then it is to be there until post ends it. */
  readonly isReady: boolean;
  readonly writeSummary: boolean;
}

export function saveMarker(marker: string): void {
  core.saveState('marker', marker);
}

export function saveSocketDirectory(folder: string): void {
  core.saveState('socket-directory', folder);
}

export function saveKeptFolder(folder: string): void {
  core.saveState('kept-folder', folder);
}

export function saveUnpackFolder(folder: string): void {
  core.saveState('unpack-folder', folder);
}

/** What is saved later counts. */
export function saveOffload({ folder, isReady, writeSummary }: OffloadState): void {
  core.saveState('offload-folder', folder);
  core.saveState('offload-ready', isReady);
  core.saveState('offload-summary', writeSummary);
}

/** @returns undefined when main did not get as far as saving it. */
export function loadState(): State | undefined {
  const marker = core.getState('marker');
  const socketDirectory = loadFolder('socket-directory');
  const keptFolder = loadFolder('kept-folder');
  const unpackFolder = core.getState('unpack-folder') || undefined;
  if (marker === '') return undefined;
  return { marker, socketDirectory, keptFolder, unpackFolder, offload: loadOffload() };
}

/** Somebody else's folder is nothing that main left. */
function loadFolder(name: string): string | undefined {
  const folder = core.getState(name);
  return isOwnFolder(folder) ? folder : undefined;
}

function loadOffload(): OffloadState | undefined {
  const folder = loadFolder('offload-folder');
  if (folder === undefined) return undefined;
  return {
    folder,
    isReady: core.getState('offload-ready') === 'true',
    writeSummary: core.getState('offload-summary') === 'true',
  };
}

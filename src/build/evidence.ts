import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { STORE_DIR, type StorePath } from '../domain/store-path.ts';
import type { System } from '../domain/system.ts';
import type { NixSettings } from '../nix/settings.ts';
import type { NixVersion } from '../nix/version.ts';
import type { Evidence, LocalEvidence, StoreContents, Work } from '../plan/evidence.ts';
import { NO_HISTORY } from '../plan/history.ts';
import { bytes, type Known } from '../plan/units.ts';
import type { Store } from '../store/store.ts';
import { askValid, contentsOf } from './evidence-contents.ts';
import { Deadline } from './evidence-deadline.ts';
import {
  buildersFeasibility,
  slotsOf,
  substitutionOf,
  type LocalStanding,
} from './evidence-sides.ts';
import {
  bareWorkOf,
  pathsOf,
  readDerivationHere,
  workOf,
  type ReadDerivation,
} from './evidence-work.ts';
import { buildsUntrusted } from './machine-trust.ts';
import { remoteFacts, type RemoteSide } from './evidence-remote.ts';
import type { Target } from './target.ts';

export { remoteIdOf, type RemoteSide } from './evidence-remote.ts';

/** The runner's side. What is a promise may have been asked for long before, for other reasons. */
export interface LocalSide {
  /** A session that nothing else needs at the moment. */
  readonly store: Store;
  /** Whether who serves the store does what this user says: {@link isTrustedByLocal}. */
  readonly isTrusted: Promise<boolean>;
  readonly system: System;
  /** Whom the step runs as. */
  readonly user: string;
  readonly settings: Promise<NixSettings | undefined>;
  readonly version: Promise<NixVersion>;
  /** Whether a daemon for this job alone can be started. */
  readonly canStartDaemon: Promise<boolean>;
  /** Builds at a time as the input `max-jobs` has it; undefined: as the machine has it. */
  readonly maxJobs: number | undefined;
  /** Where the store's files are, if not where every Nix has them. */
  readonly folder?: string | undefined;
  readonly readDerivation?: ReadDerivation | undefined;
}

export interface GatheringOptions {
  readonly local: LocalSide;
  readonly remotes: readonly RemoteSide[];
  /** Milliseconds that {@link gatherEvidence} takes at most; default 2000. */
  readonly limitMs?: number | undefined;
}

const LIMIT_MS = 2000;

/**
 * Gathers what `decide` needs, when evaluation has ended. Each remote is asked in two exchanges, whatever there is to build: which paths are
 * valid; how large those are that are not valid here. Substituters are asked by nobody. Never rejects for want of an answer, and never takes
 * longer than the limit, opening sessions included: what is not known by then is `unknown`.
 *
 * Where `needsEvidence` says that there is no choice, this is not to be called at all.
 */
export async function gatherEvidence(
  { local, remotes, limitMs = LIMIT_MS }: GatheringOptions,
  targets: readonly Target[],
): Promise<Evidence> {
  using deadline = new Deadline(limitMs);
  const standing = standingOf(local, deadline);
  const [work, here, ...there] = await Promise.all([
    askedWork({ local, remotes }, targets, deadline),
    localFacts(local, standing, deadline),
    ...remotes.map((remote) => remoteFacts(remote, standing, deadline)),
  ]);
  const has = (index: number): Known<StoreContents> => work.contents[index] ?? 'unknown';
  return {
    remotes: there.map((remote, index) => ({ ...remote, contents: has(index + 1) })),
    local: { ...here, contents: has(0) },
    work: work.work,
    history: NO_HISTORY,
  };
}

type Sides = Pick<GatheringOptions, 'local' | 'remotes'>;

interface AskedWork {
  readonly work: Work;
  /** The local store's first, and then those of the remotes. */
  readonly contents: readonly Known<StoreContents>[];
}

async function askedWork(
  sides: Sides,
  targets: readonly Target[],
  deadline: Deadline,
): Promise<AskedWork> {
  const read = sides.local.readDerivation ?? readDerivationHere;
  const work = await deadline.known(workOf(targets, read));
  if (work === 'unknown') return { work: bareWorkOf(targets), contents: [] };
  return { work, contents: await askStores(sides, work, deadline) };
}

/**
 * Asks all stores. The local store, which is near, tells of all that it has, and a remote of what is not here.
 */
async function askStores(
  { local, remotes }: Sides,
  work: Work,
  deadline: Deadline,
): Promise<readonly Known<StoreContents>[]> {
  const paths = pathsOf(work);
  const files = new Set<StorePath>(work.derivations.keys());
  const sessions = await Promise.all(remotes.map((remote) => opened(remote, deadline)));
  const [here, ...there] = await Promise.all([
    askValid(local.store, paths, deadline),
    ...sessions.map((session) => askValid(session, [...files, ...paths], deadline)),
  ]);
  const isNew = (path: StorePath): boolean =>
    !files.has(path) && !(here !== 'unknown' && here.has(path));
  return Promise.all([
    contentsOf(local.store, here, () => true, deadline),
    ...sessions.map((session, index) =>
      contentsOf(session, there[index] ?? 'unknown', isNew, deadline),
    ),
  ]);
}

async function opened({ session }: RemoteSide, deadline: Deadline): Promise<Store | undefined> {
  const known = session ? await deadline.known(session) : 'unknown';
  return known === 'unknown' ? undefined : known;
}

function featuresOf(settings: LocalStanding['settings']): LocalEvidence['features'] {
  const text = settings === 'unknown' ? undefined : settings.get('system-features');
  return text === undefined ? undefined : new Set(text.split(/\s+/).filter(Boolean));
}

async function standingOf(local: LocalSide, deadline: Deadline): Promise<LocalStanding> {
  const [isTrusted, settings, canStartDaemon] = await Promise.all([
    deadline.known(local.isTrusted),
    deadline.defined(local.settings),
    deadline.known(local.canStartDaemon),
  ]);
  return { isTrusted, settings, user: local.user, canStartDaemon };
}

async function localFacts(
  local: LocalSide,
  asked: Promise<LocalStanding>,
  deadline: Deadline,
): Promise<Omit<LocalEvidence, 'contents'>> {
  const [standing, version, disk] = await Promise.all([
    asked,
    deadline.known(local.version),
    deadline.known(statfs(local.folder ?? STORE_DIR)),
  ]);
  return {
    system: local.system,
    builders: buildersFeasibility(standing),
    buildsUntrusted: version === 'unknown' ? version : buildsUntrusted(version),
    cpus: os.availableParallelism(),
    features: featuresOf(standing.settings),
    slots: local.maxJobs ?? slotsOf(standing.settings),
    freeBytes: disk === 'unknown' ? disk : bytes(disk.bavail * disk.bsize),
    substitution: substitutionOf(standing.settings),
  };
}

/**
 * All that the choice of a mode rests on, as one value: `decide` (decide.ts) is a function of it and of nothing else.
 *
 * ```ts
 * // Before evaluation, with what is known without asking: does it need asking?
 * const need = needsEvidence({ remotes, builders, wantedBack: request.copy.kind !== 'none', systems: 'unknown' });
 * if (need.kind === 'decided') return need.decision;
 * // After evaluation, for 2 s at most: `local` and `remotes` have been coming up meanwhile.
 * const evidence = await gatherEvidence({ local, remotes }, targets); // build/evidence.ts
 * const { mode, reason, predictions } = decide(withHistory(evidence, history));
 * ```
 */
import type { Abilities } from '../domain/abilities.ts';
import type { Trust } from '../domain/daemon.ts';
import type { Derivation } from '../domain/derivation.ts';
import type { DrvPath, StorePath } from '../domain/store-path.ts';
import type { System } from '../domain/system.ts';
import type { History } from './history.ts';
import type { Offer } from './route.ts';
import type { Bytes, BytesPerSecond, Known, Milliseconds } from './units.ts';

/** The modes in which a step can build. */
export type Mode = 'remote-store' | 'builders' | 'local';

/** By what a remote is told from others and shown to people: its store URI without parameters. */
export type RemoteId = string & { readonly __brand: 'RemoteId' };

/** What a remote answers: Nix's worker protocol, or only the old one of `nix-store --serve` (`ssh://`), which is no store to build in. */
export type RemoteProtocol = 'worker' | 'serve';

export interface Evidence {
  /** Those that answer; at least one. */
  readonly remotes: readonly RemoteEvidence[];
  readonly local: LocalEvidence;
  readonly work: Work;
  readonly history: History;
}

/** What a machine is able to build, as Nix is told of it. */
export interface MachineAbilities extends Abilities {
  /** System features that a derivation must require to be built there. */
  readonly mandatoryFeatures: ReadonlySet<string>;
  /** Whether it may hand builds on to machines that nobody here knows of. */
  readonly others: Offer['others'];
}

export interface RemoteEvidence extends MachineAbilities {
  readonly id: RemoteId;
  readonly protocol: RemoteProtocol;
  /** Builds at a time. */
  readonly slots: Known<number>;
  /** How fast it is beside others; 1 where nobody says so. */
  readonly speedFactor: number;
  readonly link: Link;
  /** Whether its daemon takes unsigned paths from us. */
  readonly trust: Trust;
  /** Whether it says so when a session opens, so that Nix knows; from 2.15 on. */
  readonly tellsTrust: Known<boolean>;
  readonly substitution: Known<Substitution>;
  /** Whether the local store takes what this remote has built: by trust, or by a signature. */
  readonly outputsAccepted: Known<boolean>;
  /** What it has of the paths that matter. */
  readonly contents: Known<StoreContents>;
}

/** The runner's line to a remote. */
export interface Link {
  readonly roundTripMs: Known<Milliseconds>;
  /** From the runner to the remote. */
  readonly up: Known<BytesPerSecond>;
  readonly down: Known<BytesPerSecond>;
}

/** What a store can fetch by itself. Nobody is asked whether a path is there: signatures tell whence paths come. */
export interface Substitution {
  /** Names of the keys whose signatures it takes (`cache.nixos.org-1`); empty where it has no substituters. */
  readonly keyNames: ReadonlySet<string>;
}

export interface LocalEvidence {
  readonly system: System;
  /** Whether its Nix can have builders at all, and if not, why: a part of a sentence, `the local Nix daemon does not trust user 'ci'`. */
  readonly builders: Feasibility;
  /** Whether it can ask machines to build that do not trust us (Nix from 2.16 on). */
  readonly buildsUntrusted: Known<boolean>;
  readonly cpus: number;
  /** System features of the runner; undefined where its Nix does not say. */
  readonly features: Abilities['features'];
  /** Builds at a time beside the machines'; 0: none. */
  readonly slots: Known<number>;
  /** Of the file system that the store is on. */
  readonly freeBytes: Known<Bytes>;
  readonly substitution: Known<Substitution>;
  readonly contents: Known<StoreContents>;
}

export type Feasibility =
  { readonly kind: 'possible' | 'unknown' } | { readonly kind: 'impossible'; readonly why: string };

/** A store's answer for all paths that matter. */
export interface StoreContents {
  /** What is not in here is not valid. */
  readonly valid: ReadonlySet<StorePath>;
  /** Of valid paths; some may not have come in time. */
  readonly facts: ReadonlyMap<StorePath, PathFacts>;
}

/** What a store says of a valid path. */
export interface PathFacts {
  /** Of its NAR. */
  readonly size: Bytes;
  readonly references: readonly StorePath[];
  /** Names of the keys that signed it. */
  readonly keyNames: readonly string[];
  /** Whether every store takes it from everybody: a source, or another path with a content address. */
  readonly provesItself: boolean;
}

/** What is to be had. */
export interface Work {
  readonly wanted: readonly Wanted[];
  /** The derivations of what is wanted and all that they need, whether or not they have to be built. */
  readonly derivations: ReadonlyMap<DrvPath, Step>;
}

/** One attribute, or several that share a derivation. */
export interface Wanted {
  /** The derivation, or a store path that was asked for by itself. */
  readonly key: StorePath;
  /** By name; `undefined` where the path is known only once it is built. */
  readonly outputs: ReadonlyMap<string, StorePath | undefined>;
  /** Whether the outputs are to be in the local store in the end. */
  readonly back: boolean;
}

/** A derivation, and how large its own file is. */
export interface Step extends Derivation {
  /** Of the `.drv` file as a NAR. */
  readonly size: Bytes;
}

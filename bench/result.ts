import os from 'node:os';
import type { BenchCase, Figures, Target } from './case.ts';
import type { Hosts } from './hosts.ts';

/** What a run of a case is known by: its figures, and where they come from. This is what `--json` prints. */
export interface Result {
  readonly name: string;
  readonly work: string;
  readonly unit: 's';
  /** stock / ours */
  readonly ratio: number;
  readonly ours: number;
  readonly stock: number;
  readonly limit: number;
  /** ours / limit */
  readonly overLimit: number;
  readonly roundTrips: number | null;
  readonly details: Readonly<Record<string, number>>;
  readonly rounds: Figures['rounds'];
  readonly targets: readonly Target[];
  readonly scenarios?: Figures['scenarios'];
  readonly versions: Versions;
  readonly machine: Machine;
}

interface Versions {
  /** Of both sides. */
  readonly nix: string;
  readonly openssh: string;
  readonly node: string;
}

interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  readonly architecture: string;
}

export function resultOf({ name, work }: BenchCase, figures: Figures, hosts: Hosts): Result {
  const { ours, stock, limit, roundTrips, rounds, details, targets, scenarios } = figures;
  return {
    name,
    work,
    unit: 's',
    ratio: stock / ours,
    ours,
    stock,
    limit,
    overLimit: ours / limit,
    roundTrips: roundTrips ?? null,
    details,
    rounds,
    targets,
    ...(scenarios && { scenarios }),
    versions: versionsOf(hosts),
    machine: {
      cores: os.availableParallelism(),
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
      architecture: os.arch(),
    },
  };
}

/** One line; the details stand beside the other figures. */
export function toJson({ details, ...result }: Result): string {
  return JSON.stringify({ ...result, ...details }, (_, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value,
  );
}

function versionsOf({ builder: { root } }: Hosts): Versions {
  return { nix: root.nixVersion, openssh: root.opensshVersion, node: process.versions.node };
}

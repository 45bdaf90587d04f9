import { describe, expect, it } from 'vitest';
import { planUpload, provesItself, type InputEvidence } from '../../src/build/copy-inputs.ts';
import type { PathInfo } from '../../src/domain/path-info.ts';
import { parseStorePath, type StorePath } from '../../src/domain/store-path.ts';
import { infoOf, pathOf } from '../store/made-up-paths.ts';

const UNTRUSTED: InputEvidence = {
  copyInputs: 'auto',
  trust: 'untrusted',
  remoteSettings: undefined,
  refused: new Set(),
  remoteLabel: 'ssh-ng://ci@builder',
  remoteUser: 'ci',
};

const byPath = (infos: readonly PathInfo[]): ReadonlyMap<StorePath, PathInfo> =>
  new Map(infos.map((info) => [info.path, info]));

/** As a derivation is: its address says what it holds. */
const proven = (number: number, references: readonly number[] = []): PathInfo => ({
  ...infoOf(number, references),
  contentAddress: 'text:sha256:0000000000000000000000000000000000000000000000000000',
});

const signed = (number: number): PathInfo => ({ ...infoOf(number), signatures: ['key-1:AAAA'] });

/** 10 needs 0, which needs 1; 11 needs 1 and 2; 12 needs 2, a source. */
const MISSING = byPath([
  proven(10, [0, 2]),
  proven(11, [1, 2]),
  proven(12, [2]),
  infoOf(0, [1]),
  infoOf(1),
  proven(2),
]);
const ROOTS = [10, 11, 12].map(pathOf);

/** Numbers of the paths that are sent, and of the roots that fail. */
function decide(evidence: Partial<InputEvidence>, missing = MISSING, roots = ROOTS) {
  const { infos, failures } = planUpload(missing, roots, { ...UNTRUSTED, ...evidence });
  const numbers = (paths: Iterable<StorePath>) =>
    [...paths].map((path) => Number(path.split('-p')[1])).sort((a, b) => a - b);
  return { sent: numbers(infos.keys()), failed: numbers(failures.keys()), failures };
}

describe('what is sent', () => {
  it('is everything to a remote that trusts us, or that does not say', () => {
    for (const trust of ['trusted', 'unknown'] as const) {
      expect(decide({ trust })).toMatchObject({ sent: [0, 1, 2, 10, 11, 12], failed: [] });
    }
  });

  it('is what the others need where some need an unsigned path and the remote does not trust us', () => {
    expect(decide({})).toMatchObject({ sent: [2, 12], failed: [10, 11] });
  });

  it('is everything where the remote requires no signatures', () => {
    const remoteSettings = new Map([['require-sigs', 'false']]);
    expect(decide({ remoteSettings }).failed).toEqual([]);
    expect(decide({ remoteSettings: new Map([['require-sigs', 'true']]) }).failed).toEqual([
      10, 11,
    ]);
  });

  it('is a signed path, until the daemon has refused it', () => {
    const missing = byPath([proven(10, [0, 1]), proven(11, [1]), signed(0), signed(1)]);
    const roots = [10, 11].map(pathOf);
    expect(decide({}, missing, roots)).toMatchObject({ sent: [0, 1, 10, 11], failed: [] });
    const refused = new Set([pathOf(0)]);
    expect(decide({ refused }, missing, roots)).toMatchObject({ sent: [1, 11], failed: [10] });
  });

  it('is nothing but derivations and sources with copy-inputs: never, whoever trusts us', () => {
    for (const trust of ['trusted', 'untrusted', 'unknown'] as const) {
      const decision = decide({ copyInputs: 'never', trust });
      expect(decision).toMatchObject({ sent: [2, 12], failed: [10, 11] });
    }
  });

  it('is nothing for a root that is there already, or beyond what is', () => {
    const missing = byPath([proven(10, [0]), proven(3)]);
    expect(decide({}, missing, [10, 11].map(pathOf))).toMatchObject({ sent: [10], failed: [] });
  });
});

describe('what is said of a root that fails', () => {
  it('names the path, how many more, the remote, and the ways out', () => {
    const error = decide({}).failures.get(pathOf(10));
    expect(error?.code).toBe('signature-required');
    expect(error?.message).toBe(
      `copy-inputs: ssh-ng://ci@builder lacks ${pathOf(0)} (and 1 more), cannot substitute it, and does not take it from user 'ci', ` +
        'whom it does not trust: it has no signature',
    );
    expect(error?.hint).toContain("'trusted-users = root ci' to nix.conf on ssh-ng://ci@builder");
    expect(error?.hint).toContain(`nix store sign --recursive --key-file KEY ${pathOf(0)}`);
  });

  it('tells a signature that nobody knows from none', () => {
    const missing = byPath([proven(10, [0]), signed(0)]);
    const { failures } = decide({ refused: new Set([pathOf(0)]) }, missing, [pathOf(10)]);
    expect(failures.get(pathOf(10))?.message).toMatch(
      /it has no signature by a key trusted there$/,
    );
  });

  it('says that copy-inputs is never', () => {
    const error = decide({ copyInputs: 'never' }).failures.get(pathOf(11));
    expect(error?.code).toBe('path-invalid');
    expect(error?.message).toBe(
      `copy-inputs is 'never', but ssh-ng://ci@builder lacks ${pathOf(1)} and cannot substitute it`,
    );
  });
});

it('a path proves itself by a content address, or by being a derivation', () => {
  const drv = parseStorePath('/nix/store/00000000000000000000000000000000-a.drv');
  expect(provesItself(infoOf(0))).toBe(false);
  expect(provesItself(signed(0))).toBe(false);
  expect(provesItself(proven(0))).toBe(true);
  expect(provesItself({ ...infoOf(0), path: drv })).toBe(true);
});

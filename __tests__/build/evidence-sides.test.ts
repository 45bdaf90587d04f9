import { describe, expect, it } from 'vitest';
import {
  buildersFeasibility,
  machineAbilities,
  slotsOf,
  substitutionOf,
  takesOutputs,
  type LocalStanding,
} from '../../src/build/evidence-sides.ts';
import { machineOfStore } from '../../src/domain/machine.ts';
import { parseStoreUri } from '../../src/domain/store-uri.ts';
import type { RemoteId } from '../../src/plan/evidence.ts';

const UNTRUSTED: LocalStanding = {
  isTrusted: false,
  settings: new Map([['trusted-users', 'root']]),
  user: 'ci',
  canStartDaemon: false,
};

describe('whether the local store can have builders', () => {
  it.each<{ name: string; standing: Partial<LocalStanding>; kind: string }>([
    { name: 'it does what we say', standing: { isTrusted: true }, kind: 'possible' },
    { name: 'nobody trusts us', standing: {}, kind: 'impossible' },
    {
      name: 'sudo starts a daemon that does',
      standing: { canStartDaemon: true },
      kind: 'possible',
    },
    { name: 'it has not answered', standing: { isTrusted: 'unknown' }, kind: 'unknown' },
    { name: 'sudo has not answered', standing: { canStartDaemon: 'unknown' }, kind: 'unknown' },
  ])('$name: $kind', ({ standing, kind }) => {
    expect(buildersFeasibility({ ...UNTRUSTED, ...standing }).kind).toBe(kind);
  });
});

describe('whether the local store takes what a remote has built', () => {
  const id = 'ssh-ng://remote' as RemoteId;
  const silent = new Map([['secret-key-files', '']]);

  it('by trust, by a signature, or because it asks for none', () => {
    const signing = new Map([['secret-key-files', '/etc/nix/key']]);
    expect(takesOutputs(UNTRUSTED, { id, settings: silent })).toBe(false);
    expect(takesOutputs(UNTRUSTED, { id, settings: signing })).toBe(true);
    expect(takesOutputs({ ...UNTRUSTED, isTrusted: true }, { id, settings: silent })).toBe(true);
    const open = { ...UNTRUSTED, settings: new Map([['require-sigs', 'false']]) };
    expect(takesOutputs(open, { id, settings: silent })).toBe(true);
  });

  it('is not known of a remote that does not say whether it signs', () => {
    expect(takesOutputs(UNTRUSTED, { id, settings: 'unknown' })).toBe('unknown');
  });
});

describe('what settings say', () => {
  it('a store fetches what keys have signed that it trusts, if it has substituters and may use them', () => {
    const settings = new Map([
      ['substituters', 'https://cache.nixos.org'],
      ['trusted-public-keys', 'cache.nixos.org-1:6NCH other-1:AAAA'],
    ]);
    expect(substitutionOf(settings)).toEqual({
      keyNames: new Set(['cache.nixos.org-1', 'other-1']),
    });
    const none = { keyNames: new Set() };
    expect(substitutionOf(new Map([...settings, ['substituters', '']]))).toEqual(none);
    expect(substitutionOf(new Map([...settings, ['substitute', 'false']]))).toEqual(none);
    expect(substitutionOf('unknown')).toBe('unknown');
  });

  it('builds at a time are a number, or not known', () => {
    expect(slotsOf(new Map([['max-jobs', '8']]))).toBe(8);
    expect(slotsOf(new Map([['max-jobs', 'auto']]))).toBe('unknown');
    expect(slotsOf('unknown')).toBe('unknown');
  });

  it('a machine builds what its entry says, else what it says itself, levels of processors too', () => {
    const settings = new Map([
      ['system', 'x86_64-linux'],
      ['extra-platforms', 'i686-linux x86_64-v3-linux'],
      ['system-features', 'kvm'],
    ]);
    const machine = machineOfStore(parseStoreUri('ssh-ng://ci@builder'));
    expect(machineAbilities(machine, settings)).toMatchObject({
      systems: new Set(['x86_64-linux', 'i686-linux', 'x86_64-v3-linux']),
      features: new Set(['kvm']),
    });
    const named = machineOfStore(parseStoreUri('ssh-ng://ci@builder?systems=aarch64-linux'));
    expect(machineAbilities(named, settings).systems).toEqual(new Set(['aarch64-linux']));
    expect(machineAbilities(machine, 'unknown')).toMatchObject({
      systems: undefined,
      others: 'possible',
    });
  });
});

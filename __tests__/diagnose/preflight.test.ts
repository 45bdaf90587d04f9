import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { preflightLines, preflightMarkdown } from '../../src/action/preflight-table.ts';
import {
  CHECKS,
  findingsOf,
  type Answers,
  type Wanted,
} from '../../src/diagnose/preflight/findings.ts';
import { ActionError, ERROR_CODES, type ErrorCode } from '../../src/domain/errors.ts';

const WANTED: Wanted = {
  transport: 'ssh2',
  use: 'store',
  protocol: 'ssh-ng',
  systems: [],
  features: [],
  system: undefined,
  localNix: undefined,
};

const GREETING = { protocolVersion: 0x125, nixVersion: '2.34.8', trust: 'untrusted' } as const;

const marks = (answers: Answers, wanted: Partial<Wanted> = {}): string => {
  const findings = findingsOf(answers, { ...WANTED, ...wanted });
  const letters = { good: '+', noted: '!', bad: '-', unknown: '?' } as const;
  return CHECKS.map((check) => letters[findings[check].verdict]).join('');
};

const failed = (code: ErrorCode): Answers => ({
  isConnected: false,
  error: new ActionError(code, `what ${code} says`),
});

describe('how far a connection came', () => {
  test.each<[ErrorCode, string]>([
    ['host-unresolvable', '-???????????'],
    ['host-unreachable', '+-??????????'],
    ['connect-timeout', '+-??????????'],
    ['host-key-unknown', '++-?????????'],
    ['host-key-mismatch', '++-?????????'],
    ['host-key-revoked', '++-?????????'],
    ['authentication-failed', '+++-????????'],
    ['channel-refused', '++++-???????'],
    ['credentials-missing', '???-????????'],
    ['connection-lost', '????????????'],
  ])('%s', (code, expected) => {
    expect(marks(failed(code))).toBe(expected);
  });

  test('in SSH, and no Nix behind it', () => {
    const answers = { ...failed('nix-missing'), isConnected: true, roundTripMs: 40 };
    expect(marks(answers)).toBe('++++-?????+?');
  });

  test('with ssh_config nobody knows which name was looked up', () => {
    expect(marks(failed('host-key-unknown'), { transport: 'openssh' })).toBe('?+-?????????');
  });

  test('never is anything said of what comes after the failure, and never without a failure', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ERROR_CODES), (code) => {
        expect(marks(failed(code))).toMatch(/^[+?]*-?\?*$/);
      }),
    );
    expect(marks({ isConnected: false })).toBe('?'.repeat(CHECKS.length));
  });
});

describe('what is there against what is wanted', () => {
  const all: Answers = {
    isConnected: true,
    greeting: GREETING,
    trust: 'untrusted',
    systems: ['x86_64-linux'],
    features: ['kvm'],
    freeBytes: 50e9,
    roundTripMs: 40.4,
    up: 20e6,
    down: 30e6,
  };
  const text = (
    check: (typeof CHECKS)[number],
    changes: Partial<Answers>,
    wanted: Partial<Wanted> = {},
  ) => {
    const { verdict, text: said } = findingsOf({ ...all, ...changes }, { ...WANTED, ...wanted })[
      check
    ];
    return `${verdict}: ${said}`;
  };

  test('all is well', () => {
    expect(marks(all)).toBe('+'.repeat(CHECKS.length));
    expect(text('protocol', {})).toBe('good: 1.37');
    expect(text('round trip', {})).toBe('good: 40 ms');
  });

  test('systems and features', () => {
    expect(text('systems', {}, { system: 'aarch64-linux' })).toMatch(
      /^noted: .*not aarch64-linux, which is wanted/,
    );
    expect(text('systems', {}, { systems: ['x86_64-linux', 'i686-linux'] })).toMatch(
      /^noted: .*not i686-linux, which the workflow says/,
    );
    expect(text('features', {}, { features: ['kvm', 'big-parallel'] })).toMatch(
      /^bad: kvm; not big-parallel, .*system-features in its nix\.conf$/,
    );
    expect(text('systems', { systems: undefined })).toBe('unknown: not asked');
  });

  test('free disk', () => {
    expect(text('free disk', { freeBytes: 5e8 })).toBe(
      'bad: 500 MB for /nix/store: run nix-collect-garbage there',
    );
    expect(text('free disk', { freeBytes: 3e9 })).toMatch(/^noted: 3\.0 GB/);
  });

  test.each<[string, Partial<Answers>, Partial<Wanted>, RegExp]>([
    ['a store need not trust', {}, {}, /^good: 2\.34\.8$/],
    [
      'ssh:// builds nothing for the untrusted',
      {},
      { use: 'builder', protocol: 'ssh' },
      /^bad: 2\.34\.8: through ssh:\/\/ it builds nothing/,
    ],
    [
      'nor does it for an old Nix here',
      {},
      { use: 'builder', localNix: '2.8.0' },
      /^bad: .*Nix 2\.8\.0 here, being older than 2\.16/,
    ],
    [
      'nor an old Nix there',
      { greeting: { ...GREETING, nixVersion: '2.13.3' } },
      { use: 'builder', localNix: '2.34.8' },
      /^bad: 2\.13\.3: being older than 2\.15/,
    ],
    [
      'but for the trusted they do',
      { trust: 'trusted' },
      { use: 'builder', protocol: 'ssh' },
      /^good/,
    ],
    [
      'a new Lix and an old Nix',
      { greeting: { ...GREETING, nixVersion: '2.13.3' } },
      { use: 'builder', localNix: 'Lix 2.94.0' },
      /^bad: .*does not speak with a Nix before 2\.15/,
    ],
    ['copies of later steps', {}, { localNix: '2.26.3' }, /^noted: .*connects anew for each path/],
    [
      'what is not tested',
      { greeting: { ...GREETING, nixVersion: '2.4' } },
      {},
      /^noted: 2\.4: older than 2\.8/,
    ],
    [
      'no version',
      { greeting: { ...GREETING, nixVersion: undefined } },
      { use: 'builder', localNix: '2.34.8' },
      /^good: of unknown version$/,
    ],
  ])('Nix: %s', (_, changes, wanted, expected) => {
    expect(text('Nix', changes, wanted)).toMatch(expected);
  });
});

describe('the table', () => {
  const findings = (nixVersion: string) =>
    findingsOf({ isConnected: true, greeting: { ...GREETING, nixVersion } }, WANTED);

  test('has a line for each check, and nothing that a remote says acts in it', () => {
    const evil = 'x\n::error::y | <b> ##[add-path]z';
    const all = Array.from({ length: 5 }, (_, index) => ({
      remote: `ssh-ng://b${index}`,
      findings: findings(evil),
    }));
    const lines = preflightLines(all);
    expect(lines).toHaveLength(5 * (1 + CHECKS.length));
    for (const line of lines) {
      expect(line).not.toMatch(/^[\s\u0085]*::|##\[|\n/);
    }
    const rows = preflightMarkdown(all)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    // Four beside one another, and the fifth below.
    expect(rows.map((row) => row.split('|').length - 2)).toEqual([
      ...Array.from({ length: 2 + CHECKS.length }, () => 5),
      ...Array.from({ length: 2 + CHECKS.length }, () => 2),
    ]);
    expect(rows.join('\n')).not.toContain('<b>');
  });
});

import { expect, test } from 'vitest';
import { importPermission, type ImportEvidence } from '../../src/build/import-permission.ts';
import { ActionError } from '../../src/domain/errors.ts';

const UNTRUSTED: ImportEvidence = {
  localTrust: 'untrusted',
  localSettings: new Map([['require-sigs', 'true']]),
  localUser: 'runner',
  remoteSettings: new Map([['secret-key-files', '']]),
  remoteLabel: 'ssh-ng://ci@builder',
  reason: 'copy-outputs',
};

test.each<[string, Partial<ImportEvidence>, string]>([
  ['a trusted user needs no signature', { localTrust: 'trusted' }, 'no-signature-check'],
  [
    'a store that requires none takes anything',
    { localSettings: new Map([['require-sigs', 'false']]) },
    'check-signatures',
  ],
  [
    'a remote that signs may be acceptable',
    { remoteSettings: new Map([['secret-key-files', '/etc/nix/key']]) },
    'check-signatures',
  ],
  [
    'a remote whose settings nobody may read may sign',
    { remoteSettings: undefined },
    'check-signatures',
  ],
  [
    'an old daemon trusts whom its settings name',
    {
      localTrust: 'unknown',
      localSettings: new Map([['trusted-users', 'root runner']]),
    },
    'no-signature-check',
  ],
])('%s', (_, change, expected) => {
  expect(importPermission({ ...UNTRUSTED, ...change })).toBe(expected);
});

test('refuses before anything is built, naming both sides and the line to add', () => {
  expect(() => importPermission(UNTRUSTED)).toThrow(
    expect.objectContaining({
      code: 'signature-required',
      message: expect.stringContaining("does not trust user 'runner'") as string,
      hint: expect.stringContaining('trusted-users = root runner') as string,
    }) as Error,
  );
});

test.each<[ImportEvidence['reason'], boolean]>([
  ['copy-outputs', true],
  ['offload socket', false],
])('for the %s the remedies are those that there are', (reason, canDoWithout) => {
  try {
    importPermission({ ...UNTRUSTED, reason });
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    expect(error.message.startsWith(`${reason}: the local Nix daemon`)).toBe(true);
    expect(error.hint?.includes('leave copy-outputs at false')).toBe(canDoWithout);
  }
});

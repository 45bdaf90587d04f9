import { describe, expect, it } from 'vitest';
import { ActionError } from '../../src/domain/errors.ts';
import { parseNixConf } from '../../src/nix/nix-conf-lines.ts';
import { overriddenSettings, renderNixConf, type NixConfOptions } from '../../src/nix/nix-conf.ts';

const KEY = `cache.example.org-1:${'b'.repeat(43)}=`;
const MACHINES = 'ssh-ng://a x86_64-linux - 1 1 - - -\nssh://b aarch64-linux - 2 1 kvm - -\n';

function refusal(run: () => unknown): ActionError {
  try {
    run();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a configuration of ours', () => {
  it('says nothing where nothing is asked', () => {
    expect(renderNixConf({})).toEqual({ text: '\n', ours: [], overridden: [] });
  });

  it('has machines on one line, and what makes builders quick', () => {
    expect(renderNixConf({ builders: MACHINES }).text).toBe(
      'builders = ssh-ng://a x86_64-linux - 1 1 - - - ; ssh://b aarch64-linux - 2 1 kvm - -\n' +
        'builders-use-substitutes = true\n' +
        'build-poll-interval = 1\n',
    );
  });

  it('can say that there are no builders', () => {
    expect(renderNixConf({ builders: '' }).text.split('\n')[0]).toBe('builders =');
  });

  it('has the jobs that were asked for, 0 and auto too, and adds keys', () => {
    expect(renderNixConf({ maxJobs: 0, publicKeys: [KEY, KEY] }).text).toBe(
      `max-jobs = 0\nextra-trusted-public-keys = ${KEY} ${KEY}\n`,
    );
    expect(renderNixConf({ maxJobs: 'auto' }).text).toBe('max-jobs = auto\n');
  });

  it('puts a token in place of the one for the same host, and keeps the others', () => {
    const accessToken = { host: 'github.com', token: 'ours' };
    const presentAccessTokens = 'gitlab.com=OAuth2:x  github.com=theirs github.com.evil=y';
    expect(renderNixConf({ accessToken, presentAccessTokens }).text).toBe(
      'access-tokens = github.com=ours gitlab.com=OAuth2:x github.com.evil=y\n',
    );
  });

  it('has further settings of ours', () => {
    const settings = [{ name: 'cores', value: '5' }];
    const extraConfig = 'cores = 2';
    expect(renderNixConf({ settings, extraConfig })).toEqual({
      text: 'cores = 5\ncores = 2\n',
      ours: settings,
      overridden: ['cores'],
    });
  });

  it('has the user’s lines last, as they are', () => {
    const extraConfig = '# mine\ncores = 2 # all\n\nmax-jobs = 1\n';
    expect(renderNixConf({ maxJobs: 0, extraConfig }).text).toBe(
      'max-jobs = 0\n# mine\ncores = 2 # all\n\nmax-jobs = 1\n',
    );
  });

  it.each<[string, NixConfOptions, string]>([
    ['blank in a token', { accessToken: { host: 'github.com', token: 'hunter2 x' } }, 'github.com'],
    [
      'comment in a token',
      { accessToken: { host: 'github.com', token: 'hunter2#' } },
      'github.com',
    ],
    ['empty token', { accessToken: { host: 'github.com', token: '' } }, 'github.com'],
    ['line in a token', { accessToken: { host: 'h', token: 'hunter2\ncores = 1' } }, '"h"'],
  ])('refuses without quoting it: %s', (_, options, named) => {
    const { code, message, hint } = refusal(() => renderNixConf(options));
    expect(code).toBe('input-invalid');
    expect(message).toContain(named);
    expect(`${message}${hint}`).not.toContain('hunter2');
  });

  it.each(['AAAA', 'name:AAAA', `a b:${'b'.repeat(43)}=`, `x:${'b'.repeat(43)}=\ncores = 1`])(
    'refuses what is no public key: %j',
    (key) => {
      expect(refusal(() => renderNixConf({ publicKeys: [key] }))).toMatchObject({
        code: 'input-invalid',
        message: `the public key ${JSON.stringify(key)} is none of Nix's`,
      });
    },
  );

  it('refuses machines that nix.conf would cut off', () => {
    expect(refusal(() => renderNixConf({ builders: 'ssh://a # b' })).code).toBe('internal');
  });
});

describe('what later lines override', () => {
  const options = { builders: MACHINES, maxJobs: 0, publicKeys: [KEY] };
  const overridden = (extraConfig: string) => renderNixConf({ ...options, extraConfig }).overridden;

  it.each([
    ['another value', 'max-jobs = 4', ['max-jobs']],
    ['by an older name', 'build-max-jobs = 4', ['max-jobs']],
    ['all keys', 'trusted-public-keys =', ['trusted-public-keys']],
    [
      'several, one of them twice',
      'max-jobs = 1\nbuilders =\nmax-jobs = 2',
      ['max-jobs', 'builders'],
    ],
    ['the same value', 'max-jobs = 0\nbuild-poll-interval  =  1', []],
    ['further keys', `extra-trusted-public-keys = ${KEY}`, []],
    ['something else', 'cores = 4', []],
  ])('%s', (_, extraConfig, names) => {
    expect(overridden(extraConfig)).toEqual(names);
  });

  it('can be asked for any two texts, as for NIX_CONFIG', () => {
    const { ours } = renderNixConf(options);
    expect(overriddenSettings(ours, parseNixConf('max-jobs = 3', 'NIX_CONFIG'))).toEqual([
      'max-jobs',
    ]);
  });
});

describe('lines of nix.conf that Nix would not read', () => {
  it.each([
    ['cores=hunter2', "line 1: there is no blank before '='"],
    ['\n# one\ncores hunter2', "line 3: 'cores' is not followed by ' = '"],
    ['cores =hunter2', "line 1: 'cores' is not followed by ' = '"],
    ['hunter2', 'line 1: it is no setting'],
    ['github.com=hunter2', 'line 1: it is no setting'],
    ['= hunter2', 'line 1: it is no setting'],
    ['include', "line 1: 'include' takes one path, without blanks"],
    ['include /a hunter2', "line 1: 'include' takes one path, without blanks"],
    ['!include more.conf', "line 1: the path of '!include' is not absolute"],
  ])('%j', (text, complaint) => {
    const { code, message, hint } = refusal(() => parseNixConf(text, 'extra-nix-config'));
    expect({ code, message }).toEqual({
      code: 'input-invalid',
      message: `extra-nix-config: ${complaint}`,
    });
    expect(hint).toMatch(/^Write/);
  });

  it('are all named at once', () => {
    const { message } = refusal(() => parseNixConf('a=1\nb = 2\nc', 'extra-nix-config'));
    expect(message).toMatch(/^extra-nix-config: 2 mistakes: line 1: .*; line 3: /);
  });
});

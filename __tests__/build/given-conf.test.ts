import { describe, expect, it } from 'vitest';
import type { BuildOptions } from '../../src/build/daemon-options.ts';
import { unheardSettings, withGivenConf } from '../../src/build/given-conf.ts';

const OPTIONS: BuildOptions = {
  keepGoing: true,
  maxJobs: 0,
  cores: undefined,
  timeout: 60,
  maxSilentTime: undefined,
  settings: new Map([['fallback', 'true']]),
};

describe('options for a session with the local store', () => {
  it('are as they were where nothing is given', () => {
    expect(withGivenConf(OPTIONS, '', new Map([['max-jobs', '4']]))).toEqual(OPTIONS);
  });

  it('are what is in force where something is given, by older names too', () => {
    const extra = 'build-max-jobs = auto\nextra-substituters = http://b\ntimeout = 5';
    const inForce = new Map([
      ['max-jobs', '8'],
      ['substituters', 'http://a http://b'],
      ['timeout', '5'],
    ]);
    expect(withGivenConf(OPTIONS, extra, inForce)).toEqual({
      ...OPTIONS,
      maxJobs: undefined,
      timeout: undefined,
      settings: new Map([...OPTIONS.settings, ...inForce]),
    });
  });

  it('hold nothing that concerns clients alone', () => {
    const extra = 'access-tokens = github.com=secret\nwarn-dirty = false\nsandbox = false';
    const inForce = new Map([
      ['access-tokens', 'github.com=secret'],
      ['warn-dirty', 'false'],
      ['sandbox', 'false'],
    ]);
    const { settings } = withGivenConf(OPTIONS, extra, inForce);
    expect([...settings.keys()]).toEqual(['fallback', 'sandbox']);
  });
});

describe('what a daemon ignores of users whom it does not trust', () => {
  const daemon = new Map([
    ['substituters', 'https://a'],
    ['trusted-substituters', 'https://b https://c'],
  ]);

  it.each([
    ['keys', 'trusted-public-keys', 'a:b', ['trusted-public-keys']],
    ['substituters that it knows', 'substituters', 'https://c https://a', []],
    ['no substituters', 'substituters', '', []],
    ['one that it does not know', 'substituters', 'https://a https://d', ['substituters']],
    ['builders', 'builders', 'ssh://a', ['builders']],
    ['no builders', 'builders', '', []],
  ])('%s', (_, name, value, names) => {
    expect(unheardSettings([{ name, value }], daemon)).toEqual(names);
  });

  it('is each named once', () => {
    const key = { name: 'trusted-public-keys', value: 'a:b' };
    expect(unheardSettings([key, key], undefined)).toEqual(['trusted-public-keys']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NixHost, startNixHost } from '../../lab/index.ts';
import { ActionError } from '../../src/domain/errors.ts';
import { parseNixConf } from '../../src/nix/nix-conf-lines.ts';
import type { NixConfOptions } from '../../src/nix/nix-conf.ts';
import { parseSettings, type NixSettings } from '../../src/nix/settings.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';

type Environment = Readonly<Record<string, string>>;

const KEY = `builder:${'A'.repeat(43)}=`;
const MACHINE = 'ssh-ng://localhost?remote-program=/bin/sh%20/tmp/a x86_64-linux - 4 1 kvm - -';

const OPTIONS: NixConfOptions = {
  builders: `${MACHINE}\n${MACHINE}\n`,
  maxJobs: 0,
  publicKeys: [KEY],
  accessToken: { host: 'github.com', token: 'ours' },
  presentAccessTokens: 'github.com=theirs gitlab.com=theirs',
  extraConfig: 'connect-timeout = 5 # seconds\nmax-jobs = 7\n',
};

/** Each of the places where Nix looks sets one setting that no other sets, and one that all set. */
const place = (own: string): string => `${own}\nconnect-timeout = 99\n`;

const PLACES: Readonly<Record<string, string>> = {
  '/home/ci/.config/nix/nix.conf': place(
    `cores = 11\nbuilders = ssh://theirs\naccess-tokens = ${OPTIONS.presentAccessTokens}`,
  ),
  '/etc/xdg/nix/nix.conf': place('download-attempts = 12\ncores = 1'),
  '/root/.config/nix/nix.conf': place('cores = 13'),
  '/opt/xdg/nix/nix.conf': place('cores = 14'),
  '/opt/nix-home/nix.conf': place('cores = 15'),
  '/opt/named.conf': place('cores = 16'),
};

const ENVIRONMENTS: Readonly<Record<string, Environment>> = {
  'Nix’s own places': {},
  'another HOME of no one': { HOME: '/nowhere' },
  'the HOME of another user': { HOME: '/root' },
  XDG_CONFIG_HOME: { XDG_CONFIG_HOME: '/opt/xdg' },
  XDG_CONFIG_DIRS: { XDG_CONFIG_DIRS: '/nowhere:/opt/xdg' },
  NIX_CONFIG_HOME: { NIX_CONFIG_HOME: '/opt/nix-home' },
  'files of theirs': { NIX_USER_CONF_FILES: ':/opt/named.conf:/opt/xdg/nix/nix.conf' },
  'no files at all': { NIX_USER_CONF_FILES: '' },
};

describe.each(TESTED_SUITES)('the Nix of Debian %s, and our configuration', (suite) => {
  let host: NixHost;
  let version: string;

  beforeAll(async () => {
    const nixConf = ['build-cores = 2', 'stalled-download-timeout = 17', 'connect-timeout = 1'];
    host = await startNixHost({ suite, name: suite, nixConf });
    for (const [file, content] of Object.entries(PLACES))
      await host.write('/', { [file]: content });
    await host.output(['chmod', 'a+rx', '/root', '/root/.config', '/root/.config/nix']);
    version = await host.output(['nix', '--version']);
  });

  afterAll(() => host.stop());

  async function prepare(options: NixConfOptions, env: Environment = {}) {
    const folder = await host.output(['mktemp', '-d', '/tmp/conf-XXXXXX'], { user: 'ci' });
    const probe = ['node', '/checkout/__tests__/nix/nix-conf-probe.ts'];
    const output = await host.output([...probe, folder, JSON.stringify(options), version], {
      user: 'ci',
      env,
    });
    return JSON.parse(output) as { file: string; value: string; overridden: readonly string[] };
  }

  async function settings(env: Environment): Promise<NixSettings> {
    const words = version.includes(' 2.8.') ? ['show-config'] : ['config', 'show'];
    const found = parseSettings(
      await host.output(['nix', ...words, '--json'], { user: 'ci', env }),
    );
    if (found === undefined) throw new Error('Nix shows no settings');
    return found;
  }

  it.each(Object.keys(ENVIRONMENTS))('wins, and nothing else changes: %s', async (name) => {
    const env = ENVIRONMENTS[name] ?? {};
    const before = await settings(env);
    const { file, value, overridden } = await prepare(OPTIONS, env);
    const after = await settings({ ...env, NIX_USER_CONF_FILES: value });
    const changed = [...after].filter(([setting, now]) => before.get(setting) !== now);
    const keys = before.get('trusted-public-keys') ?? '';
    expect(Object.fromEntries(changed)).toEqual({
      'access-tokens': 'github.com=ours gitlab.com=theirs',
      'build-poll-interval': '1',
      builders: `${MACHINE} ; ${MACHINE}`,
      'builders-use-substitutes': 'true',
      'connect-timeout': '5',
      'max-jobs': '7',
      'trusted-public-keys': `${keys} ${KEY}`.trim(),
    });
    expect(overridden).toEqual(['max-jobs']);
    expect(await host.output(['stat', '-c', '%a', file])).toBe('600');
  });

  it('loses to NIX_CONFIG, which is the job’s own last word', async () => {
    const { value } = await prepare(OPTIONS);
    const env = { NIX_USER_CONF_FILES: value, NIX_CONFIG: 'max-jobs = 3' };
    expect((await settings(env)).get('max-jobs')).toBe('3');
  });

  it.each([
    '',
    '# a comment',
    ' \t cores\t=  3  # and a comment\r',
    'substituters =',
    'no-such-setting = 1',
    'include /opt/named.conf',
    '!include /nowhere',
    'cores=3',
    'cores',
    'cores = 3\n  4',
    'cores  3',
    '= 3',
    'cores =3',
    'include',
    'include /opt/named.conf /opt/named.conf',
    '!include # nothing',
  ])('takes the lines that we take, and refuses those that we refuse: %j', async (text) => {
    await host.write('/tmp', { 'lines.conf': text });
    const env = { NIX_USER_CONF_FILES: '/tmp/lines.conf' };
    const { code } = await host.run(['nix-store', '--version'], { user: 'ci', env });
    expect(isTaken(text)).toBe(code === 0);
  });
});

function isTaken(text: string): boolean {
  try {
    parseNixConf(text, 'extra-nix-config');
    return true;
  } catch (error) {
    if (error instanceof ActionError) return false;
    throw error;
  }
}

import { mkdtempDisposable, readFile, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { userConfFiles, writeNixConf } from '../../src/nix/user-conf-files.ts';
import { parseNixVersion, type NixVersion } from '../../src/nix/version.ts';

const FILE = '/temp/ours.conf';
const NOBODYS = '/nowhere/home';

function nix(text: string): NixVersion {
  const version = parseNixVersion(
    `nix (${text.startsWith('Lix') ? text.replace(' ', ') ') : `Nix) ${text}`}`,
  );
  if (version === undefined) throw new Error(text);
  return version;
}

describe('the files that Nix reads', () => {
  it.each([
    ['its own', {}, `${NOBODYS}/.config/nix/nix.conf:/etc/xdg/nix/nix.conf`],
    ['XDG_CONFIG_HOME', { XDG_CONFIG_HOME: '/x' }, '/x/nix/nix.conf:/etc/xdg/nix/nix.conf'],
    [
      'XDG_CONFIG_DIRS',
      { XDG_CONFIG_DIRS: '/a::/b' },
      `${NOBODYS}/.config/nix/nix.conf:/a/nix/nix.conf:/b/nix/nix.conf`,
    ],
    ['NIX_CONFIG_HOME', { NIX_CONFIG_HOME: '/n' }, '/n/nix.conf:/etc/xdg/nix/nix.conf'],
    ['those that are named', { NIX_USER_CONF_FILES: '/a:/b', XDG_CONFIG_HOME: '/x' }, '/a:/b'],
    ['ours once', { NIX_USER_CONF_FILES: `/a:${FILE}:/b` }, '/a:/b'],
  ])('stay behind ours: %s', async (_, env, others) => {
    const value = await userConfFiles(FILE, { HOME: NOBODYS, ...env }, nix('2.34.8'));
    expect(value).toBe(`${FILE}:${others}`);
  });

  it('are ours alone where the user has asked for none', async () => {
    expect(await userConfFiles(FILE, { NIX_USER_CONF_FILES: '' }, nix('2.34.8'))).toBe(FILE);
  });

  it.each(['2.24.0', 'Lix 2.93.0'])('are not found by NIX_CONFIG_HOME by %s', async (version) => {
    const env = { HOME: NOBODYS, NIX_CONFIG_HOME: '/n', XDG_CONFIG_HOME: '/x' };
    const value = await userConfFiles(FILE, env, nix(version));
    expect(value).toBe(`${FILE}:/x/nix/nix.conf:/etc/xdg/nix/nix.conf`);
  });

  it('are looked for at home without HOME', async () => {
    const value = await userConfFiles(FILE, {}, nix('2.34.8'));
    expect(value).toBe(`${FILE}:${homedir()}/.config/nix/nix.conf:/etc/xdg/nix/nix.conf`);
  });

  it('cannot be told of a path with a colon', async () => {
    await expect(userConfFiles('/a:b/ours', {}, nix('2.34.8'))).rejects.toMatchObject({
      code: 'internal',
      hint: 'Set RUNNER_TEMP to a folder whose path has none.',
    });
  });
});

it('a configuration is its user’s alone, and has a file of its own', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'conf-'));
  const file = await writeNixConf(folder.path, 'cores = 1\n');
  expect(await readFile(file, 'utf8')).toBe('cores = 1\n');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await writeNixConf(folder.path, '')).not.toBe(file);
});

import { describe, expect, it } from 'vitest';
import { childEnvironment, daemonSocketPath, withGitConfig } from '../../src/nix/environment.ts';

describe('childEnvironment', () => {
  it('hands on what Nix, git and downloads need', () => {
    const needed = {
      PATH: '/bin',
      HOME: '/home/ci',
      LC_ALL: 'C.UTF-8',
      TMPDIR: '/tmp',
      XDG_CACHE_HOME: '/cache',
      NIX_PATH: 'nixpkgs=/x',
      NIX_CONFIG: 'cores = 1',
      NIX_DAEMON_SOCKET_PATH: '/run/socket',
      NIXPKGS_ALLOW_UNFREE: '1',
      SSH_AUTH_SOCK: '/run/agent',
      https_proxy: 'http://proxy',
      NO_PROXY: 'localhost',
      GITHUB_SHA: 'abc',
    };
    expect(childEnvironment(needed)).toEqual(needed);
  });

  it('keeps back everything else', () => {
    const kept = {
      'INPUT_SSH-KEY': 'secret',
      INPUT_STORE: 'ssh-ng://x',
      ACTIONS_RUNTIME_TOKEN: 'secret',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
      GITHUB_TOKEN: 'secret',
      GITHUB_ENV: '/file',
      GH_TOKEN: 'secret',
      AWS_SECRET_ACCESS_KEY: 'secret',
      NIX_REMOTE: 'ssh-ng://x',
      NIX_GET_COMPLETIONS: '1',
      NIX_SIGNING_KEY: 'secret',
      NIXPKGS_REVIEW_GITHUB_TOKEN: 'secret',
      GIT_DIR: '/elsewhere',
      MY_PASSWORD: 'secret',
      STATE_key: 'secret',
      NODE_OPTIONS: '--require=x',
      LD_PRELOAD: 'x.so',
    };
    expect(childEnvironment(kept)).toEqual({});
  });
});

describe('where the local daemon listens', () => {
  const ours = { NIX_DAEMON_SOCKET_PATH: '/tmp/nix-remote-build-a/nix-remote-build.sock' };

  it('is not where an offload socket does', () => {
    const env = childEnvironment({ ...ours, NIX_REMOTE: 'daemon' });
    expect(env).toEqual({});
    expect(daemonSocketPath(env)).toBeUndefined();
  });

  it('is where the environment says', () => {
    const env = childEnvironment({ NIX_DAEMON_SOCKET_PATH: '/run/other/socket' });
    expect(daemonSocketPath(env)).toBe('/run/other/socket');
  });

  it('is where the environment said before an offload socket was set up', () => {
    const env = childEnvironment({ ...ours, NIX_REMOTE_BUILD_LOCAL_DAEMON: '/run/other/socket' });
    expect(env).toEqual({ NIX_DAEMON_SOCKET_PATH: '/run/other/socket' });
  });

  it('is at Nix’s own place where the variable is empty', () => {
    expect(childEnvironment({ NIX_DAEMON_SOCKET_PATH: '' })).toEqual({});
  });
});

describe('withGitConfig', () => {
  it('adds to what is set already', () => {
    const one = withGitConfig({}, 'safe.directory', '/a');
    expect(withGitConfig(one, 'safe.directory', '/b')).toEqual({
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '/a',
      GIT_CONFIG_KEY_1: 'safe.directory',
      GIT_CONFIG_VALUE_1: '/b',
    });
  });
});

import { describe, expect, it, test } from 'vitest';
import { ActionError } from '../../../src/domain/errors.ts';
import { parseSystem } from '../../../src/domain/system.ts';
import { toolName } from '../../../src/nix/install/fetch-release.ts';
import { troubleOf } from '../../../src/nix/install/known-trouble.ts';
import { planNix, type Known, type NixWanted } from '../../../src/nix/install/plan.ts';
import { RELEASE_HASHES } from '../../../src/nix/install/release-hashes.ts';
import {
  DEFAULT_NIX_VERSION,
  hashUrl,
  parseInstallSource,
  parseReleaseVersion,
  releaseOf,
  shownUrl,
  versionOfTarball,
} from '../../../src/nix/install/release.ts';

const LINUX = parseSystem('x86_64-linux');
const HASH = 'ab'.repeat(32);

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ActionError) return `${error.message} | ${error.hint ?? ''}`;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a version', () => {
  it.each(['2.8.0', '2.34.8', '3.0.1'])('%s is one', (text) => {
    expect(parseReleaseVersion(text)).toBe(text);
  });

  it.each(['latest', '2.34', 'v2.34.8', '2.7.9', '1.11.16', '2.34.8-pre', ' '])(
    '%s is none',
    (text) => {
      expect(refusal(() => parseReleaseVersion(text))).toBe(
        `'${text}' is not valid | Allowed: a release of Nix from 2.8.0 on, as three numbers, for example ${DEFAULT_NIX_VERSION}.`,
      );
    },
  );
});

describe('where a release comes from', () => {
  it('is Nix’s own place, of which later releases are named alike', () => {
    expect(releaseOf('2.34.8', LINUX, undefined)).toEqual({
      ...{ version: '2.34.8', system: LINUX, name: 'nix-2.34.8-x86_64-linux', isOfficial: true },
      url: 'https://releases.nixos.org/nix/nix-2.34.8/nix-2.34.8-x86_64-linux.tar.xz',
      sha256: RELEASE_HASHES['nix-2.34.8-x86_64-linux'],
    });
  });

  it('is a mirror, with or without a slash at its end', () => {
    for (const text of ['https://mirror.example/nix', 'https://mirror.example/nix//']) {
      const { url, isOfficial } = releaseOf('2.34.8', LINUX, parseInstallSource(text));
      expect(url).toBe('https://mirror.example/nix/nix-2.34.8/nix-2.34.8-x86_64-linux.tar.xz');
      expect(isOfficial).toBe(false);
    }
  });

  it('is a file, with its hash', () => {
    const source = parseInstallSource(`file:///srv/nix.tar.xz#sha256=${HASH.toUpperCase()}`);
    expect(source).toEqual({ kind: 'tarball', url: 'file:///srv/nix.tar.xz', sha256: HASH });
    expect(releaseOf('2.34.8', LINUX, source)).toMatchObject({ sha256: HASH });
  });

  it.each([
    ['nix.tar.xz', "'nix.tar.xz' is not valid"],
    ['ftp://mirror.example/nix', "'ftp://mirror.example/nix' is not valid"],
    ['https://me:secret@mirror.example/nix', 'holds a login, which logs would show'],
    ['https://mirror.example/a.tar.xz#sha256=12', "'#sha256=12' is not valid"],
    [`https://mirror.example/nix#sha256=${HASH}`, `'#sha256=${HASH}' is not valid`],
    [
      'https://mirror.example/nix.tar.gz',
      "'https://mirror.example/nix.tar.gz' is an archive of another kind",
    ],
  ])('is not %s', (text, message) => {
    expect(refusal(() => parseInstallSource(text))).toBe(
      `${message} | Allowed: an https, http or file URL of a release's .tar.xz, with #sha256=… (64 hexadecimal digits) if you like, or of ` +
        'a folder laid out like https://releases.nixos.org/nix.',
    );
  });

  it('is not shown with what may be a secret, and its hash is beside it', () => {
    const url = 'https://mirror.example:8080/nix.tar.xz?signature=secret';
    expect(shownUrl(url)).toBe('https://mirror.example:8080/nix.tar.xz');
    expect(hashUrl(url)).toBe('https://mirror.example:8080/nix.tar.xz.sha256?signature=secret');
  });

  it('says of which version a tarball is, if its name does', () => {
    expect(versionOfTarball('https://a.example/nix-2.34.8-x86_64-linux.tar.xz', LINUX)).toBe(
      '2.34.8',
    );
    expect(versionOfTarball('https://a.example/nix.tar.xz', LINUX)).toBeUndefined();
    const other = 'https://a.example/nix-2.34.8-aarch64-linux.tar.xz';
    expect(refusal(() => versionOfTarball(other, LINUX))).toMatch(
      /^nix-2\.34\.8-aarch64-linux\.tar\.xz is for aarch64-linux, and this runner is x86_64-linux \| /,
    );
  });

  it('is never confused in the tool cache', () => {
    const tarball = 'https://a.example/nix-2.34.8-x86_64-linux.tar.xz';
    const hashed = [HASH, 'cd'.repeat(32)].map((sha256) => `${tarball}#sha256=${sha256}`);
    const sources = [undefined, 'https://a.example', 'https://b.example', tarball, ...hashed];
    const names = sources.map((text) =>
      toolName(releaseOf('2.34.8', LINUX, text === undefined ? text : parseInstallSource(text))),
    );
    expect(names[0]).toBe('nix');
    expect(new Set(names).size).toBe(sources.length);
  });
});

describe('what is done for Nix', () => {
  const here: Known = { folder: '/usr/bin', isOnPath: true, version: undefined };
  const wanted: NixWanted = { policy: 'auto', version: undefined, source: undefined };

  it.each<[string, Partial<NixWanted>, Known | undefined, string]>([
    ['one that is there serves', {}, here, 'use'],
    ['there is none', {}, undefined, 'install'],
    ['it is the wanted one', { version: '2.30.1' }, { ...here, version: '2.30.1' }, 'use'],
    ['it is another', { version: '2.30.1' }, { ...here, version: '2.30.2' }, 'install'],
    ['it is to be installed all the same', { policy: 'always' }, here, 'install'],
    ['it is not to be installed, and there', { policy: 'never' }, here, 'use'],
    ['it is not to be installed, and not there', { policy: 'never' }, undefined, 'none'],
  ])('%s', (_, given, present, kind) => {
    expect(planNix({ ...wanted, ...given }, present, LINUX).kind).toBe(kind);
  });

  it('is the pinned version where none is named', () => {
    expect(planNix(wanted, undefined, LINUX)).toMatchObject({
      release: { version: DEFAULT_NIX_VERSION },
    });
  });

  it('is nothing on macOS and where there is no release, which is said', () => {
    expect(planNix(wanted, here, parseSystem('aarch64-darwin')).kind).toBe('use');
    expect(refusal(() => planNix(wanted, undefined, parseSystem('aarch64-darwin')))).toBe(
      'There is no Nix on this runner, and this action does not install it on macOS | Put an installer before this step: `uses: ' +
        'cachix/install-nix-action@v31`, or `uses: DeterminateSystems/determinate-nix-action@v3`.',
    );
    expect(refusal(() => planNix(wanted, undefined, parseSystem('riscv64-linux')))).toBe(
      'There is no Nix on this runner, and this action does not install it for riscv64-linux | It does for x86_64-linux and ' +
        'aarch64-linux: install Nix in an earlier step.',
    );
  });
});

test('versions with known faults are warned about by name, the pinned one has none', () => {
  expect(troubleOf(DEFAULT_NIX_VERSION)).toBeUndefined();
  expect(troubleOf('2.34.1')).toBeUndefined();
  expect(troubleOf('2.33.9')).toMatch(/^Nix 2\.33\.9 has known faults: .*#14998\); .*#15418\)\.$/);
  expect(troubleOf('2.34.0')).toMatch(/#15418\)\.$/);
  expect(troubleOf('2.15.3')).toMatch(/ControlMaster/);
  expect(troubleOf('2.16.0')).not.toMatch(/ControlMaster/);
});

test('pinned hashes are of releases that are installed', () => {
  for (const [name, hash] of Object.entries(RELEASE_HASHES)) {
    expect(name).toMatch(/^nix-\d+\.\d+\.\d+-(x86_64|aarch64)-linux$/);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  }
});

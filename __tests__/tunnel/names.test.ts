import path from 'node:path';
import { expect, it } from 'vitest';
import { launcherUri } from '../../src/tunnel/launcher.ts';
import { tunnelNames, type TunnelEnd } from '../../src/tunnel/names.ts';

function end(host: string, port = 22, user?: string): TunnelEnd {
  return { host, port, user };
}

it('calls a tunnel after its host', () => {
  const ends = [
    end('builder.example.org'),
    end('Arm.example.org', 2222),
    end('10.0.0.1', 22, 'ci'),
  ];
  expect(tunnelNames(ends)).toEqual(['builder.example.org', 'arm.example.org', '10.0.0.1']);
});

it('adds what tells machines apart that share a host', () => {
  expect(tunnelNames([end('a'), end('a', 2222)])).toEqual(['a-22', 'a-2222']);
  expect(tunnelNames([end('a', 22, 'ci'), end('A', 22, 'root')])).toEqual(['ci@a-22', 'root@a-22']);
  expect(tunnelNames([end('a'), end('a'), end('a')])).toEqual(['a-2', 'a-3', 'a-4']);
  expect(tunnelNames([end('a', 22, 'ci'), end('a')])).toEqual(['ci@a-22', 'a-2']);
});

it('gives no name twice, whatever the hosts are called', () => {
  const ends = ['a', 'a', 'a-2', 'a-22', 'a-3'].map((host) => end(host));
  const names = tunnelNames(ends);
  expect(new Set(names).size, names.join(' ')).toBe(ends.length);
});

it.each(['ci@builder', '::1', 'a b;c', 'ü', '..', '.hidden', '', '$(id)', 'x'.repeat(300)])(
  'makes of %s a name that Nix can be given',
  (host) => {
    const ends = [end(host, 22, "o'user"), end(host, 2222, 'u'.repeat(99)), end(host)];
    const names = tunnelNames(ends);
    expect(new Set(names).size).toBe(ends.length);
    for (const name of names) {
      expect(name).toMatch(/^[A-Za-z0-9@-][A-Za-z0-9.@-]*$/);
      // Nix adds `-4294967295` or `.upload-lock` to it; a folder has up to 94 bytes.
      const uri = launcherUri('ssh-ng', path.join(`/${'x'.repeat(93)}`, name));
      expect(uri.length + 12).toBeLessThanOrEqual(255);
    }
  },
);

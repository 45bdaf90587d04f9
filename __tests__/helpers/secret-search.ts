import type { NixHost } from '../../lab/index.ts';

/** Folders of a host that a process could have written to. */
const WRITABLE = ['/tmp', '/home', '/nix', '/root', '/run', '/var', '/etc', '/dev/shm', '/srv'];

/** What is in this private key and in no other: the first line of a key says its format. */
export function partsOf(privateKey: string): readonly string[] {
  const lines = privateKey
    .split('\n')
    .filter((line) => line.length >= 20 && !line.startsWith('-----'));
  return lines.slice(1).map((line) => line.slice(-20));
}

/** Which files of a host hold one of these texts. */
export async function filesWith(
  host: NixHost,
  parts: readonly string[],
): Promise<readonly string[]> {
  const patterns = parts.flatMap((part) => ['-e', part]);
  const { stdout } = await host.run(['grep', '-rlasF', ...patterns, ...WRITABLE]);
  return stdout.split('\n').filter(Boolean);
}

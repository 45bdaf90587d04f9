import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Finished,
  type NixHost,
  recipes,
  startNixHost,
  until,
  writeFlake,
} from '../../lab/index.ts';
import { TESTED_SUITES } from '../helpers/suites.ts';
import { TestSocket } from './socket.ts';

const FLAKE = '/tmp/flake';

/** What the daemon itself and the socket must answer alike, in this order. */
const COMMANDS = {
  evaluation: ['nix', 'eval', '--raw', `path:${FLAKE}#chain1.drvPath`],
  'a build': ['nix', 'build', '--no-link', '--json', `path:${FLAKE}#chain1`],
  'an out-link': ['nix', 'build', '--out-link', '/tmp/link', `path:${FLAKE}#two`],
  'a failing build': ['nix', 'build', '--no-link', `path:${FLAKE}#bad`],
  'several failures': [
    'nix',
    'build',
    '--no-link',
    '--keep-going',
    `path:${FLAKE}#bad`,
    `path:${FLAKE}#worse`,
  ],
  'import from derivation': ['nix', 'eval', '--raw', `path:${FLAKE}#imported.drvPath`],
  'nix-build': [
    'nix-build',
    '--no-out-link',
    '-E',
    `(builtins.getFlake "path:${FLAKE}").packages.\${builtins.currentSystem}.chain1`,
  ],
  'what is known of paths': ['nix', 'path-info', '--recursive', '--json', `path:${FLAKE}#chain1`],
  'references the other way': [
    'sh',
    '-c',
    'nix-store --query --referrers $(nix-store --query --references /tmp/link)',
  ],
  'a copy to a binary cache': ['nix', 'copy', '--to', 'file:///tmp/cache', `path:${FLAKE}#chain1`],
  'a large file': ['nix', 'store', 'add-file', '/tmp/large'],
  roots: ['sh', '-c', 'nix-store --gc --print-roots | grep -v /proc'],
  'garbage collection': ['nix', 'store', 'gc', '--dry-run'],
  verification: ['nix-store', '--verify', '--check-contents'],
} as const;

const HOSTS = TESTED_SUITES.flatMap((suite) => [
  { suite, nix: 'daemon' } as const,
  { suite, nix: 'user-owned' } as const,
]);

describe.each(HOSTS)('through the socket, $suite with Nix as $nix', ({ suite, nix }) => {
  let host: NixHost;
  let socket: TestSocket;

  beforeAll(async () => {
    host = await startNixHost({ suite, nix, name: `${suite}-${nix}` });
    socket = await TestSocket.serve(host);
    const attributes = {
      ...recipes.chain(2, 1000),
      two: recipes.multipleOutputs('two', ['out', 'dev']),
      slow: recipes.slow('slow', 60),
      bad: recipes.failing('bad'),
      worse: recipes.failing('worse'),
      imported: recipes.importFromDerivation('imported'),
    };
    await writeFlake(host, FLAKE, attributes, host.owner);
    await host.output(['sh', '-c', 'yes large | head -c 40000000 > /tmp/large']);
  });

  afterAll(async () => {
    await socket.server.close();
    await host.stop();
  });

  it.each(Object.entries(COMMANDS))('%s: as the store itself', async (_, argv) => {
    const through = await socket.run(argv);
    const direct = await host.run(argv, { user: host.owner });
    expect(answerOf(through)).toEqual(answerOf(direct));
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'ends local builds with a client that %s ends',
    async (signal) => {
      const client = socket.spawn(['nix', 'build', '--no-link', `path:${FLAKE}#slow`]);
      await until(10_000, 'the build', async () => (await host.builds()).length > 0);
      await client.signal(signal);
      await client.exited;
      await until(20_000, 'end of the build', async () => (await host.builds()).length === 0);
    },
  );

  it('collects garbage, but not what an out-link protects', async () => {
    await socket.output(['nix', 'store', 'gc']);
    await host.output(['test', '-e', '/tmp/link']);
    const left = await host.allPaths();
    expect(left.some((path) => path.endsWith('-two'))).toBe(true);
    expect(left.some((path) => path.endsWith('-chain1'))).toBe(false);
  });

  it('was not raw at any time', () => {
    expect(socket.notices).toEqual([]);
    expect([...socket.server.rawOperations]).toEqual([]);
  });
});

/** What scripts see of a program's end, and the errors that people see. */
function answerOf({ code, stdout, stderr }: Finished): object {
  const errors = stderr.split('\n').filter((line) => line.startsWith('error'));
  return { code, stdout: untimed(stdout), errors };
}

/** Nix 2.26 tells when something was built by the process that tells it. */
function untimed(json: string): string {
  return json.replaceAll(/,"startTime":\d+,"stopTime":\d+/g, '');
}

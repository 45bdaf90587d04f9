import type { Suite } from '../../lab/index.ts';
import { flake, PLACE } from './offload-place.ts';

/** A command that is to do the same with the socket and without. */
export interface SameCommand {
  readonly name: string;
  readonly argv: (suite: Suite) => readonly string[];
  readonly ends: 'well' | 'badly';
  readonly read?: (stdout: string) => unknown;
}

const WITHOUT_CA = ['--experimental-features', 'nix-command flakes'];

/** An output that is not the first. Nix 2.8 does not know `^` for flakes yet, but takes outputs as attributes. */
const outputOf = (name: string, output: string, suite: Suite): string =>
  flake(suite === 'bookworm' ? `${name}.${output}` : `${name}^${output}`);

/** Both outputs of an attribute, each asked for by itself. */
const pairOf = (name: string, suite: Suite): readonly string[] =>
  ['out', 'dev'].map((output) => outputOf(name, output, suite));

/** The commands in the order in which they run: later ones use what earlier ones have built. */
export const COMMANDS: readonly SameCommand[] = [
  {
    name: 'nix build --json of several, not in the order of their names',
    argv: () => ['nix', 'build', '--json', ...['top', 'linked'].map(flake)],
    ends: 'well',
    read: withoutTimes,
  },
  {
    name: 'nix build --json of several outputs',
    argv: (suite) => [
      'nix',
      'build',
      '--json',
      outputOf('many', suite === 'bookworm' ? 'dev' : '*', suite),
    ],
    ends: 'well',
    read: withoutTimes,
  },
  {
    name: 'nix build --json of outputs one by one',
    argv: (suite) => ['nix', 'build', '--json', ...pairOf('pair', suite)],
    ends: 'well',
    read: withoutTimes,
  },
  {
    name: 'nix build --json of what is there',
    argv: () => ['nix', 'build', '--json', '--no-link', flake('top')],
    ends: 'well',
    read: withoutTimes,
  },
  {
    name: 'nix-build of two attributes',
    argv: () => ['nix-build', PLACE.flake, '-o', 'classic', '-A', 'second', '-A', 'many'],
    ends: 'well',
  },
  {
    name: 'nix-build --check',
    argv: () => ['nix-build', PLACE.flake, '--no-out-link', '--check', '-A', 'second'],
    ends: 'well',
  },
  {
    name: 'nix-store --realise',
    argv: () => ['sh', '-c', `nix-store --realise $(nix-instantiate ${PLACE.flake} -A realised)`],
    ends: 'well',
  },
  {
    name: 'nix build --dry-run',
    argv: () => ['nix', 'build', '--dry-run', '--json', flake('unlinked')],
    ends: 'well',
    read: withoutTimes,
  },
  {
    name: 'nix-build of one that fails',
    argv: () => ['nix-build', PLACE.flake, '-o', 'classic-bad', '-A', 'bad'],
    ends: 'badly',
  },
  {
    name: 'nix build --keep-going with one failure',
    argv: () => ['nix', 'build', '--keep-going', '-o', 'going', ...['late', 'good'].map(flake)],
    ends: 'badly',
  },
  {
    name: 'nix build of what depends on a failure',
    argv: () => ['nix', 'build', '-o', 'dependent', flake('dependent')],
    ends: 'badly',
  },
  {
    name: 'nix build of a wrong hash',
    argv: () => ['nix', 'build', '-o', 'mismatch', flake('mismatch')],
    ends: 'badly',
  },
  {
    name: 'nix develop -c',
    // With ca-derivations, Nix 2.8 and 2.26 make a derivation for it that Nix 2.34 refuses.
    argv: () => ['nix', ...WITHOUT_CA, 'develop', flake('shell'), '-c', 'echo', 'within'],
    ends: 'well',
  },
  {
    name: 'nix-shell --run',
    argv: () => ['nix-shell', PLACE.flake, '-A', 'shell', '--run', 'echo within'],
    ends: 'well',
  },
  {
    name: 'nix run',
    argv: () => ['nix', 'run', flake('program'), 'well'],
    ends: 'well',
  },
  {
    name: 'nix flake check with a failing check',
    argv: () => ['nix', 'flake', 'check', `path:${PLACE.checks}`],
    ends: 'badly',
  },
  {
    name: 'nix eval with an import from a derivation',
    argv: () => ['nix', 'eval', '--raw', flake('imported.outPath')],
    ends: 'well',
  },
  {
    name: 'nix eval with an import that fails',
    argv: () => ['nix', 'eval', '--raw', flake('import-fails.outPath')],
    ends: 'badly',
  },
  {
    name: 'nix build --rebuild of what is deterministic',
    argv: () => ['nix', 'build', '--rebuild', '-o', 'rebuilt', flake('top')],
    ends: 'well',
  },
  {
    name: 'nix build of what is not deterministic',
    argv: () => ['nix', 'build', '-o', 'random', flake('random')],
    ends: 'well',
  },
  {
    name: 'nix build --rebuild of what is not deterministic',
    argv: () => ['nix', 'build', '--rebuild', '-o', 'rerandom', flake('random')],
    ends: 'badly',
  },
  {
    name: 'nix build of content-addressed derivations',
    argv: () => ['nix', 'build', '--json', '-o', 'ca', flake('ca-top')],
    ends: 'well',
    read: withoutTimes,
  },
  {
    name: 'nix path-info of a content-addressed derivation',
    argv: () => ['nix', 'path-info', flake('ca-top')],
    ends: 'well',
  },
  {
    name: 'nix build --json of outputs of a content-addressed derivation, one by one',
    argv: (suite) => ['nix', 'build', '--json', ...pairOf('ca-pair', suite)],
    ends: 'well',
    read: withoutTimes,
  },
  {
    name: 'nix path-info of outputs of a content-addressed derivation',
    argv: (suite) => ['nix', 'path-info', ...pairOf('ca-pair', suite)],
    ends: 'well',
  },
  {
    name: 'nix log of what was built',
    argv: () => ['nix', 'log', flake('first')],
    ends: 'well',
  },
  {
    name: 'nix log of what printed nothing',
    argv: () => ['nix', 'log', flake('top')],
    ends: 'well',
  },
  {
    name: 'nix log of what failed',
    argv: () => ['nix', 'log', flake('bad')],
    ends: 'well',
  },
  {
    name: 'nix copy --to a binary cache',
    argv: () => ['nix', 'copy', '--to', `file://${PLACE.work}/cache`, flake('top')],
    ends: 'well',
  },
  {
    name: 'the binary cache',
    argv: () => ['sh', '-c', 'cd cache; ls -R nar; tail -n +1 *.narinfo'],
    ends: 'well',
  },
  {
    name: 'nix-store --query --references of what was built',
    argv: () => ['sh', '-c', 'nix-store --query --references $(nix path-info "$0")', flake('top')],
    ends: 'well',
  },
];

/** Times of a build differ with every build, and Nix 2.34 tells the client none, so that Nix 2.26 leaves them out. */
function withoutTimes(stdout: string): unknown {
  return JSON.parse(stdout, (key, value: unknown) =>
    key === 'startTime' || key === 'stopTime' ? undefined : value,
  );
}

import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import {
  recipes,
  SYSTEM,
  writeFlake,
  type Attributes,
  type Finished,
  type NixHost,
  type Suite,
} from '../../lab/index.ts';
import { CA_FEATURES } from './content-addressed.ts';

/** Where each side has its flakes, and where programs run and leave their links. */
export const PLACE = {
  flake: '/home/trusted/flake',
  checks: '/home/trusted/checks',
  work: '/home/trusted/work',
} as const;

/** For nix.conf on every side. `nix develop` takes a derivation whose builder is called bash; builds see the host's. */
export const PLACE_CONF = [
  'extra-sandbox-paths = /bin/bash=/usr/bin/bash /lib=/usr/lib /lib64=/usr/lib64',
  CA_FEATURES,
];

/** A program on one of two runners that are alike: one that builds itself, one that has the socket. */
export interface Side {
  readonly host: NixHost;
  run(argv: readonly string[]): Promise<Finished>;
}

/** What is compared. */
export interface Observed {
  readonly code: number | undefined;
  readonly stdout: unknown;
  /** Every link below the folder it ran in, and what it leads to. */
  readonly links: Readonly<Record<string, string>>;
  /** Nix's own words: from the first line that begins with `error:`. */
  readonly error: string | undefined;
}

export interface SameCommand {
  readonly name: string;
  readonly argv: (suite: Suite) => readonly string[];
  readonly ends: 'well' | 'badly';
  readonly read?: (stdout: string) => unknown;
}

const ATTRIBUTES: Attributes = {
  input: recipes.file('input', 100_000),
  middle: recipes.script('middle', 'head -c 50 ${input} > $out'),
  top: recipes.script('top', 'cat ${middle} > $out; echo ${middle} >> $out'),
  many: recipes.multipleOutputs('many', ['out', 'dev']),
  pair: recipes.multipleOutputs('pair', ['out', 'dev']),
  first: recipes.script('first', 'echo first | tee $out'),
  second: recipes.script('second', 'cat ${first} > $out'),
  realised: recipes.script('realised', 'cat ${first} ${middle} > $out'),
  good: recipes.script('good', 'cat ${input} > $out'),
  bad: recipes.failing('bad'),
  late: recipes.script('late', 'echo ${good}; exit 1'),
  dependent: recipes.script('dependent', 'cat ${bad} > $out'),
  random: recipes.notDeterministic('random'),
  mismatch: recipes.hashMismatch('mismatch'),
  imported: recipes.importFromDerivation('imported'),
  program: recipes.script(
    'program',
    "mkdir -p $out/bin; cd $out/bin; printf '#!/bin/sh\\necho running $1\\n' > program; chmod +x program",
  ),
  'import-fails': `sh "import-fails" (import (${recipes.failing('import-source')}))`,
  shell: `derivation {
    name = "shell"; inherit system; builder = "/bin/bash"; args = [ "-c" "echo shell > $out" ]; outputs = [ "out" ];
    input = shWith "shell-input" { } "echo shell > $out";
  }`,
  'ca-base': recipes.contentAddressed('ca-base'),
  'ca-top': recipes.contentAddressed('ca-top', 'cat ${ca-base} > $out; echo ${ca-base} >> $out'),
  'ca-pair': recipes.script(
    'ca-pair',
    'cat ${ca-base} > $out; echo $out > $dev',
    'outputs = [ "out" "dev" ]; __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256";',
  ),
  linked: recipes.file('linked', 1000),
  unlinked: recipes.file('unlinked', 1000),
};

const CHECKS: Attributes = {
  passes: recipes.file('passes', 10),
  // When it fails, the other is built: what a failure stops is told too, and what it stops would be a matter of luck.
  fails: recipes.script('fails', 'echo ${passes} is there; exit 1'),
};

const WITHOUT_CA = ['--experimental-features', 'nix-command flakes'];

const flake = (name: string): string => `path:${PLACE.flake}#${name}`;

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

/** Writes the flakes of {@link COMMANDS}, and for nix-build a file that gets one of them. */
export async function writePlace(host: NixHost): Promise<void> {
  await writeFlake(host, PLACE.flake, ATTRIBUTES, 'trusted');
  await host.write(
    PLACE.flake,
    { 'default.nix': `(builtins.getFlake "path:${PLACE.flake}").packages.${SYSTEM}\n` },
    'trusted',
  );
  await writeFlake(host, PLACE.checks, CHECKS, 'trusted');
  await host.output(['mkdir', '-p', PLACE.work], { user: 'trusted' });
}

/** Runs one of the commands, in a folder without links. */
export async function observe(side: Side, command: SameCommand): Promise<Observed> {
  await side.run(['find', '.', '-type', 'l', '-delete']);
  const { code, stdout, stderr } = await side.run(command.argv(side.host.root.suite));
  return {
    code,
    stdout: command.read && code === 0 ? command.read(stdout) : stdout,
    links: await linksIn(side.host, PLACE.work),
    error: /^error:[^]*/m.exec(stderr)?.[0],
  };
}

async function linksIn(host: NixHost, folder: string): Promise<Record<string, string>> {
  const entries = await readdir(host.path(folder), { withFileTypes: true });
  const links = entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name);
  const targets = links.toSorted().map(async (name) => {
    return [name, await readlink(path.join(host.path(folder), name))] as const;
  });
  return Object.fromEntries(await Promise.all(targets));
}

/** Where the outputs of attributes are or will be. */
export async function pathsOf(side: Side, names: readonly string[]): Promise<readonly string[]> {
  const list = names.map((name) => `attributes.${name}.outPath`).join(' ');
  const set = `path:${PLACE.flake}#packages.${SYSTEM}`;
  const apply = ['--apply', `attributes: [ ${list} ]`];
  const { stdout } = await side.run(['nix', 'eval', '--json', ...apply, set]);
  return JSON.parse(stdout) as readonly string[];
}

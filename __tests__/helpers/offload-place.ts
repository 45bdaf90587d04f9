import {
  recipes,
  SYSTEM,
  writeFlake,
  type Attributes,
  type Finished,
  type NixHost,
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

/** An installable of the flake. */
export const flake = (name: string): string => `path:${PLACE.flake}#${name}`;

/** Writes the flakes of offload-commands.ts, and for nix-build a file that gets one of them. */
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

/** Where the outputs of attributes are or will be. */
export async function pathsOf(side: Side, names: readonly string[]): Promise<readonly string[]> {
  const list = names.map((name) => `attributes.${name}.outPath`).join(' ');
  const set = `path:${PLACE.flake}#packages.${SYSTEM}`;
  const apply = ['--apply', `attributes: [ ${list} ]`];
  const { stdout } = await side.run(['nix', 'eval', '--json', ...apply, set]);
  return JSON.parse(stdout) as readonly string[];
}

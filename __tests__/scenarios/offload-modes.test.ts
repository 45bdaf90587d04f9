import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { setUpOffload, type Offload } from '../helpers/offload.ts';
import { validNames } from '../helpers/stores.ts';

/** A system that only the runner says it can build for; what it runs is this machine's busybox all the same. */
const FOREIGN = 'riscv64-linux';

let builder: Builder;
let runner: NixHost;
let offload: Offload;

beforeAll(async () => {
  builder = await startBuilder({ nixConf: ['sandbox = false'] });
  runner = await startNixHost({
    name: 'runner',
    nix: 'user-owned',
    nixConf: [
      `extra-platforms = ${FOREIGN}`,
      'system-features = big-parallel only-here',
      'sandbox = false',
    ],
  });
  offload = await setUpOffload({ builder, runner });
});

afterAll(async () => {
  await offload.stop();
  await Promise.all([runner.stop(), builder.stop()]);
});

/** Whether the builder has built it. */
async function wasBuiltThere(name: string): Promise<boolean> {
  return (await validNames(builder)).includes(name);
}

it('--repair replaces an output that is damaged here', async () => {
  await offload.writeFlake({ whole: recipes.script('whole', 'echo as it was built > $out') });
  await offload.output(['nix', 'build', 'path:.#whole']);
  const path = await offload.target('result');
  await runner.output(['sh', '-c', `chmod u+w ${path}; echo damaged > ${path}`]);
  expect(await runner.read(path)).toBe('damaged\n');
  await offload.output(['nix', 'build', '--repair', 'path:.#whole']);
  expect(await runner.read(path)).toBe('as it was built\n');
  await runner.output(['nix-store', '--store', 'local', '--verify-path', path], {
    user: runner.owner,
  });
});

it('--rebuild compares with what is here, not only with what is there', async () => {
  const marker = '/etc/marker';
  await builder.write('/', { [marker]: 'the builder\n' });
  await runner.write('/', { [marker]: 'the runner\n' });
  await offload.writeFlake({ local: recipes.script('local', `cat ${marker} > $out`) });
  const plain = { env: { NIX_REMOTE: 'local' } };
  await offload.output(['nix', 'build', 'path:.#local'], plain);
  const path = await offload.target('result');
  expect(await runner.read(path)).toBe('the runner\n');

  const { code, stderr } = await offload.run(['nix', 'build', '--rebuild', 'path:.#local']);
  expect(code).toBe(1);
  expect(stderr).toContain(`may not be deterministic: output '${path}' differs`);
  expect(await builder.read(path)).toBe('the builder\n');
  expect(await runner.read(path)).toBe('the runner\n');
});

it('--rebuild of what is not here fails in Nix’s words', async () => {
  await offload.writeFlake({ absent: recipes.script('absent', 'echo > $out') });
  const { code, stderr } = await offload.run(['nix', 'build', '--rebuild', 'path:.#absent']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/not valid, so checking is not possible/);
  expect(await wasBuiltThere('absent')).toBe(false);
});

it('what the remote is not able to build is built here, and the rest there', async () => {
  await offload.writeFlake({
    foreign: recipes.foreign('foreign', FOREIGN),
    demanding: recipes.demanding('demanding', ['only-here']),
    usual: recipes.script('usual', 'echo > $out'),
    all: `derivation { name = "all"; system = "${FOREIGN}"; builder = "\${bin}/busybox";
      args = [ "sh" "-c" "cat \${foreign} \${usual} > $out" ]; }`,
  });
  const names = ['foreign', 'demanding', 'usual'] as const;
  await offload.output(['nix', 'build', ...names.map((name) => `path:.#${name}`)]);
  expect(await Promise.all(names.map(wasBuiltThere))).toEqual([false, false, true]);
  const here = await validNames(runner);
  expect(names.filter((name) => !here.includes(name))).toEqual([]);
  // One that needs a build which the remote cannot do stays here whole, and takes from there what is there.
  await offload.output(['nix', 'build', 'path:.#all']);
  expect(await wasBuiltThere('all')).toBe(false);
});

it('an input that the remote does not take from us keeps its build here', async () => {
  // Unsigned, and neither a derivation nor content-addressed: built here, without the socket.
  await offload.writeFlake({ secret: recipes.script('secret', 'echo made here > $out') });
  const plain = { env: { NIX_REMOTE: 'local' } };
  await offload.output(['nix', 'build', 'path:.#secret'], plain);
  const path = await offload.target('result');
  await offload.writeFlake({
    user: `sh "user" "cat \${builtins.storePath "${path}"} > $out"`,
    other: recipes.script('other', 'echo > $out'),
  });
  const { code, stderr } = await offload.run([
    ...['nix', 'build', '--impure', 'path:.#user', 'path:.#other'],
  ]);
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/building .*user\.drv on this machine: copy-inputs: .* lacks .*-secret/);
  expect(await runner.read(await offload.target('result'))).toBe('made here\n');
  expect([await wasBuiltThere('user'), await wasBuiltThere('other')]).toEqual([false, true]);
});

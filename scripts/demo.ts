/** The main job for real, on this machine: a builder with its own store behind a real sshd, a runner, the committed bundle, a flake. */
import { startBuilder, startNixHost, writeFlake } from '../lab/index.ts';
import { Step } from '../lab/step.ts';

const FLAKE = '/home/ci/flake';

const ATTRIBUTES = {
  greeting: `sh "greeting" ''echo "Hello from a machine of your own" > $out''`,
  shout: `sh "shout" ''echo shouting; tr a-z A-Z < \${greeting} > $out''`,
  slow: `sh "slow" ''for i in 1 2 3; do echo "step $i"; sleep 0.3; done; mkdir $out; echo done > $out/result''`,
  'already-built': `sh "already-built" ''echo "this was there before" > $out''`,
  broken: `sh "broken" ''echo "compiling"; echo "error: it does not compile"; exit 1''`,
};

print('Starting a builder and a runner, each with a /nix of its own …');
await using builder = await startBuilder({ suite: 'sid', nix: 'daemon' });
await using runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
const user = 'owner';
const folder = FLAKE.replace('ci', user);
await writeFlake(runner, folder, ATTRIBUTES, user);
await writeFlake(builder, '/root/flake', ATTRIBUTES);
await builder.output(['nix', 'build', '--no-link', 'path:/root/flake#already-built']);

print('The step, as GitHub runs it: main, then post.');
const result = await Step.run(runner, {
  user,
  workspace: folder,
  inputs: {
    store: `ssh-ng://ci@127.0.0.1:${builder.port}`,
    'ssh-key': builder.key.privateKey,
    'known-hosts': builder.knownHosts(),
    installables: 'path:.#checks',
    'copy-outputs': 'true',
    'keep-going': 'true',
  },
});
process.stdout.write(result.log);
print('The job summary:');
process.stdout.write(result.summary);
print('Outputs:');
for (const [name, value] of result.outputs) process.stdout.write(`${name}=${value}\n`);
print('What came back to the runner:');
process.stdout.write(
  `${await runner.output(['head', '-v', 'result-shout', 'result-slow/result'], { user, cwd: folder })}\n`,
);

const results = JSON.parse(result.outputs.get('results') ?? '[]') as readonly {
  readonly status: string;
}[];
const statuses = results.map(({ status }) => status).sort();
const expected = ['built', 'built', 'built', 'cached', 'failed'];
if (result.code !== 1 || statuses.join() !== expected.join()) {
  throw new Error(
    `the demo did not go as it should: exit code ${result.code}, ${statuses.join(', ')}`,
  );
}
print('Four attributes are there, and the broken one failed the step, as it should.');

function print(text: string): void {
  process.stdout.write(`\n== ${text}\n`);
}

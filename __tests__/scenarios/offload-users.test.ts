import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeSigningKey,
  recipes,
  startBuilder,
  startNixHost,
  within,
  type Builder,
  type NixHost,
  type NixSetup,
  type UserName,
} from '../../lab/index.ts';
import { setUpOffload, type Offload } from '../helpers/offload.ts';
import { runScenario } from '../helpers/scenario.ts';

const SECRET_KEY = '/etc/nix/secret-key';
const key = makeSigningKey('lab-builder-1');

let builder: Builder;

beforeAll(async () => {
  builder = await startBuilder();
});

afterAll(() => builder.stop());

/** Builds with an input, a link and a dependency; the runner has what was asked for only. */
async function expectBuildsThere(offload: Offload, runner: NixHost, salt: string): Promise<void> {
  await offload.writeFlake({
    input: recipes.file(`${salt}-input`, 1000),
    output: recipes.script(`${salt}-output`, 'wc -c < ${input} > $out'),
  });
  await offload.output(['nix', 'build', 'path:.#output']);
  const paths = await offload.outPaths(['input', 'output']);
  expect(await offload.target('result')).toBe(paths[1]);
  expect(await offload.output(['cat', 'result'])).toBe('1000');
  expect(await builder.validPaths(paths)).toEqual(new Set(paths));
  expect(await runner.validPaths(paths)).toEqual(new Set([paths[1]]));
}

describe('serves', () => {
  const cases: readonly [nix: NixSetup, user: UserName][] = [
    ['daemon', 'trusted'],
    ['daemon', 'root'],
    ['root-owned', 'root'],
    ['user-owned', 'owner'],
  ];

  it.each(cases)('on a runner whose Nix is %s, the user %s', async (nix, user) => {
    await using runner = await startNixHost({ name: 'runner', nix });
    await using offload = await setUpOffload({ builder, runner, user });
    expect(offload.env).toMatchObject({ NIX_REMOTE: 'daemon' });
    const { mode, uid } = await stat(runner.path(offload.socketPath));
    expect((mode & 0o777).toString(8)).toBe('600');
    expect(uid).toBe(Number(await offload.output(['id', '-u'])));
    await expectBuildsThere(offload, runner, `${nix}-${user}`);
    const { code, log } = await offload.stop();
    expect(code, log).toBe(0);
    expect((await runner.run(['test', '-e', offload.socketPath])).code).toBe(1);
    const left = await runner.processes();
    expect(left.filter(({ argv }) => argv.join(' ').includes('dist'))).toEqual([]);
  });

  it('a user whom the daemon does not trust, where the builder signs', async () => {
    await using signing = await startBuilder({ nixConf: [`secret-key-files = ${SECRET_KEY}`] });
    await signing.write('/', { [SECRET_KEY]: key.secretKey });
    await using runner = await startNixHost({
      name: 'runner',
      nix: 'daemon',
      trustedPublicKeys: [key.publicKey],
    });
    await using offload = await setUpOffload({ builder: signing, runner, user: 'ci' });
    await offload.writeFlake({ signed: recipes.script('signed', 'echo signed > $out') });
    await offload.output(['nix', 'build', 'path:.#signed']);
    const paths = await offload.outPaths(['signed']);
    expect(await signing.validPaths(paths)).toEqual(new Set(paths));
    expect(await offload.output(['cat', 'result'])).toBe('signed');
  });
});

describe('on a runner with a daemon', () => {
  let runner: NixHost;

  beforeAll(async () => {
    runner = await startNixHost({ name: 'runner', nix: 'daemon' });
  });

  afterAll(() => runner.stop());

  it('a user whom it does not trust is refused by name when set up, and nothing is left', async () => {
    const ran = await runScenario({ builder, runner, user: 'ci', inputs: { installables: '' } });
    expect(ran.code).toBe(1);
    expect(ran.log).toContain(
      "::error::offload socket: the local Nix daemon does not trust user 'ci', and ssh-ng://ci@127.0.0.1:",
    );
    expect(ran.log).toContain("'trusted-users = root ci'");
    expect(ran.environment).toEqual(new Map());
    expect((await runner.processes()).filter(({ uid }) => uid !== 0)).toEqual([]);
  });

  it('the socket given to Nix as a builder is refused, and nobody waits for itself', async () => {
    await using offload = await setUpOffload({ builder, runner });
    const name = 'builder-of-itself';
    await offload.writeFlake({ [name]: recipes.script(name, 'echo built > $out') });
    const machine = `unix://${offload.socketPath} x86_64-linux,aarch64-linux - 8`;
    const build = ['nix', 'build', '--max-jobs', '0', '--builders', machine, `path:.#${name}`];
    // Of the runner's own daemon, whose builder the socket would be.
    const own = { NIX_REMOTE: undefined, NIX_DAEMON_SOCKET_PATH: undefined };
    const { code, stderr } = await offload.run(build, { env: own, timeoutMs: 30_000 });
    expect(code).toBe(1);
    expect(stderr).toContain('this socket may not be used as a builder');
    // Through the socket it is as if nothing had been said.
    await offload.output(build);
    expect(await offload.output(['cat', 'result'])).toBe('built');
  });

  it('an operation that nobody knows is passed on and told of, and other clients are served', async () => {
    await using offload = await setUpOffload({ builder, runner });
    const answer = await rawClient(runner.path(offload.socketPath), 99);
    expect(answer.toString('latin1')).toMatch(/invalid operation|gxlx|txlc|cxlt/);
    await expectBuildsThere(offload, runner, 'after-99');
    const { log } = await offload.stop();
    expect(log).toMatch(/operation 99/);
  });
});

/** Shakes hands as a client of protocol 1.37, sends an operation of this number, and reads until the other side closes. */
async function rawClient(path: string, operation: number): Promise<Buffer> {
  const numbers = (...values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(8 * values.length);
    values.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 8 * index));
    return bytes;
  };
  const socket = connect(path);
  const chunks: Buffer[] = [];
  const closed = new Promise<void>((resolve, reject) => {
    socket.once('close', () => resolve()).once('error', reject);
  });
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(numbers(0x6e697863, 0x125, 0, 0, operation));
  try {
    await within(10_000, 'the end of the connection', closed);
  } finally {
    socket.destroy();
  }
  return Buffer.concat(chunks);
}

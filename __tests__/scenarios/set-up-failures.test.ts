import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  makeKey,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import type { Step, StepResult } from '../../lab/step.ts';
import { annotations } from '../helpers/failed-step.ts';
import { nothingServes } from '../helpers/offload-process.ts';
import { prepareScenario, type Scenario } from '../helpers/scenario.ts';
import { freePort } from '../helpers/sshd.ts';

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder();
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

async function prepare(scenario: Partial<Scenario>): Promise<Step> {
  const inputs = { installables: '', ...scenario.inputs };
  return (await prepareScenario({ builder, runner, ...scenario, inputs })).step;
}

/** Main fails with one line and leaves nothing, nor does post find anything to do or to say. */
async function expectRefused(scenario: Partial<Scenario>, line: RegExp): Promise<StepResult> {
  const step = await prepare(scenario);
  const main = await step.collect(await step.main());
  expect(main).toMatchObject({ code: 1, environment: new Map() });
  expect(main.summary).toMatch(/^## Nix Remote Build: ❌ not set up\n/);
  expect(annotations(main.log, 'error')).toEqual([expect.stringMatching(line)]);
  await nothingServes(scenario.runner ?? runner, step.temp, 0);
  const post = await step.collect(await step.post());
  expect(post).toMatchObject({ code: 0, log: '', summary: main.summary });
  return main;
}

describe('fails with one line and leaves nothing', () => {
  it('where the key is not the right one', async () => {
    const key = await makeKey(runner);
    const inputs = { 'ssh-key': key.privateKey };
    await expectRefused({ inputs }, /^127\.0\.0\.1 does not let ci in: offered was ssh-ed25519/);
  });

  it('where the key is damaged', async () => {
    const inputs = { 'ssh-key': builder.key.privateKey.slice(0, 150) };
    await expectRefused({ inputs }, /^ssh-key is cut off: its -----END line is missing/);
  });

  it('where there is no key', async () => {
    const inputs = { 'ssh-key': '' };
    await expectRefused({ inputs }, /^Input 'ssh-key' is empty, and there is no SSH agent/);
  });

  it('where nobody listens', async () => {
    await expectRefused({ port: await freePort() }, /^127\.0\.0\.1 refuses connections on port/);
  });

  it('where the host key is another', async () => {
    const other = await makeKey(runner);
    const inputs = {
      'known-hosts': `[127.0.0.1]:${builder.port} ${other.publicKey}`,
    };
    await expectRefused({ inputs }, /host key/);
  });

  it('where the local daemon would not take what is built', async () => {
    await using strict = await startNixHost({ name: 'strict', nix: 'daemon' });
    await expectRefused(
      { runner: strict, user: 'ci' },
      /^offload socket: the local Nix daemon does not trust user 'ci', and ssh-ng:.+ does not sign what it builds, .+ 'trusted-public-keys' on this runner\.$/,
    );
  });

  it('where there is no Nix', async () => {
    await using bare = await startNixHost({ name: 'bare', nix: 'root-owned' });
    await expectRefused({ runner: bare, user: 'ci' }, /^the local store: no Nix daemon answers at/);
  });

  it('where an input only means something with installables', async () => {
    const inputs = { 'copy-outputs': 'true', 'eval-args': '--impure' };
    await expectRefused(
      { inputs },
      /^2 inputs are wrong: Input 'eval-args': means nothing without/,
    );
  });
});

describe('while a server says nothing', () => {
  let server: Server;
  let connected: Promise<unknown>;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    connected = once(server, 'connection');
  });

  afterEach(() => server.close());

  async function start(): Promise<{
    step: Step;
    stop: (how: NodeJS.Signals) => Promise<StepResult>;
  }> {
    const step = await prepare({ port: (server.address() as AddressInfo).port });
    const main = await step.main();
    await connected;
    const result = step.collect(main);
    const stop = async (how: NodeJS.Signals): Promise<StepResult> => {
      await main.signal(how);
      return await result;
    };
    return { step, stop };
  }

  it('is cancelled at once, and leaves nothing', async () => {
    const { step, stop } = await start();
    const began = performance.now();
    const main = await stop('SIGINT');
    expect(performance.now() - began).toBeLessThan(7000);
    expect(main.code).toBe(1);
    expect(annotations(main.log, 'error')).toEqual(['The workflow was cancelled']);
    await nothingServes(runner, step.temp, 0);
    const post = await step.collect(await step.post());
    expect(post).toMatchObject({ code: 0, log: '' });
  });

  it('is killed, and post ends what was left', async () => {
    const { step, stop } = await start();
    expect(await stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL', environment: new Map() });
    const post = await step.collect(await step.post());
    expect(post.code).toBe(0);
    expect(post.log).toBe('Ended 1 processes that the cancelled step had left.\n');
    await nothingServes(runner, step.temp, 0);
  });
});

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeKey,
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { machineLine } from '../helpers/builders.ts';
import {
  eventVariables,
  FORKS_PULL_REQUEST,
  OWN_PULL_REQUEST,
  pullRequestPayload,
  PUSH,
  type EventOptions,
} from '../helpers/events.ts';
import {
  annotations,
  expectNothingBegun,
  runToFailure,
  type FailedStep,
} from '../helpers/failed-step.ts';
import { nothingServes } from '../helpers/offload-process.ts';
import { outputPath, prepareScenario, type Scenario } from '../helpers/scenario.ts';

const NO_KEY =
  "Input 'ssh-key' is empty, and there is no SSH agent. Secrets are not passed to workflows of pull requests from forks and of " +
  'Dependabot. In any other workflow, the secret is not defined in this repository, or not under this name.';

const HERE = 'So it is built here, on the runner.';

const LATER = 'So Nix in later steps builds on the runner.';

const DEPENDABOT: EventOptions = { ...OWN_PULL_REQUEST, actor: 'dependabot[bot]' };

const FALLBACKS = ['forks', 'unreachable', 'never'];

let builder: Builder;
let runner: NixHost;
/** Takes connections and says nothing. */
let mute: Server;

beforeAll(async () => {
  builder = await startBuilder({ suite: 'sid' });
  runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
  mute = createServer().listen(0, '127.0.0.1');
  await once(mute, 'listening');
});

afterAll(async () => {
  mute.close();
  await Promise.all([builder.stop(), runner.stop()]);
});

type Inputs = NonNullable<Scenario['inputs']>;

let salts = 0;

/** A step with everything right but what is said. What it builds nobody has built before. */
async function run(event: EventOptions, inputs: Inputs, port?: number): Promise<FailedStep> {
  const salt = `hello-${(salts += 1)}`;
  return await runToFailure({
    ...{ builder, runner, inputs, port },
    attributes: { hello: recipes.file(salt, 100) },
    env: await eventVariables(runner, event),
  });
}

/** It built on the runner alone, and said so once. */
async function expectLocal(
  ran: FailedStep,
  said: Partial<Record<'notice' | 'warning', string>>,
): Promise<void> {
  expect({ code: ran.code, statuses: ran.statuses }, ran.log).toEqual({
    code: 0,
    statuses: { hello: 'built' },
  });
  const texts = (command: 'notice' | 'warning') => annotations(ran.log, command);
  expect({ notice: texts('notice'), warning: texts('warning'), error: ran.errors }).toEqual({
    notice: said.notice === undefined ? [] : [said.notice],
    warning: said.warning === undefined ? [] : [said.warning],
    error: [],
  });
  const output = outputPath(ran, 'hello');
  expect(await runner.validPaths([output])).toEqual(new Set([output]));
  expect(await builder.validPaths([output])).toEqual(new Set());
  expect(ran.outputs.get('mode')).toBe('local');
  expect(ran.summary).toContain('Mode **local** on <code>this machine</code>: ');
}

function expectRed(ran: FailedStep, text: string | RegExp): void {
  expect(ran.code, ran.log).toBe(1);
  expect(ran.errors).toEqual([typeof text === 'string' ? text : expect.stringMatching(text)]);
  expect(annotations(ran.log, 'notice')).toEqual([]);
  expectNothingBegun(ran);
}

describe.concurrent('without credentials', () => {
  it.each<[string, EventOptions, string]>([
    ['of a fork', FORKS_PULL_REQUEST, 'a pull request from a fork'],
    [
      'of a fork that is deleted',
      { name: 'pull_request', payload: pullRequestPayload(null) },
      'a pull request from a fork',
    ],
    ['of Dependabot', DEPENDABOT, 'Dependabot'],
    ['of Dependabot, as a push', { ...PUSH, actor: 'dependabot[bot]' }, 'Dependabot'],
  ])('a pull request %s builds locally, with a notice', async (_, event, who) => {
    const ran = await run(event, { 'ssh-key': '' });
    await expectLocal(ran, { notice: `${NO_KEY} ${HERE}` });
    expect(ran.log).not.toContain('connected to');
    expect(ran.summary).toContain(`this workflow was started by ${who}. `);
  });

  it.each<[string, EventOptions]>([
    ['a push', PUSH],
    ['a pull request of the repository itself', OWN_PULL_REQUEST],
    ['pull_request_target', { ...FORKS_PULL_REQUEST, name: 'pull_request_target' }],
    ['an event that nothing is known of', { name: '', payload: 'none' }],
  ])('%s is red with the same text', async (_, event) => {
    expectRed(await run(event, { 'ssh-key': '' }), NO_KEY);
  });

  it('a push is red also where unreachable remotes are not', async () => {
    expectRed(await run(PUSH, { 'ssh-key': '', fallback: 'unreachable' }), NO_KEY);
  });

  it('a pull request of a fork is red where there is to be no way on', async () => {
    expectRed(await run(FORKS_PULL_REQUEST, { 'ssh-key': '', fallback: 'never' }), NO_KEY);
  });

  it('builders are done without, too, and their max-jobs with them', async () => {
    const builders = machineLine(builder);
    const inputs = { builders, store: '', 'ssh-key': '', 'max-jobs': '0' };
    await expectLocal(await run(FORKS_PULL_REQUEST, inputs), { notice: `${NO_KEY} ${HERE}` });
  });

  it('a key that is there is used, whoever pulls', async () => {
    const ran = await run(FORKS_PULL_REQUEST, {});
    expect(ran.code, ran.log).toBe(0);
    expect(ran.outputs.get('mode')).toBe('remote-store');
  });

  it('a key that is wrong is red, whoever pulls', async () => {
    const ran = await run(FORKS_PULL_REQUEST, { 'ssh-key': 'none' });
    expectRed(ran, /^ssh-key /);
  });
});

describe.concurrent('a remote that cannot be had', () => {
  const refused = /^127\.0\.0\.1 refuses connections on port 1: /;

  it('falls back where that is asked for, with a warning', async () => {
    const ran = await run(PUSH, { fallback: 'unreachable' }, 1);
    await expectLocal(ran, {
      warning: `127.0.0.1 refuses connections on port 1: nothing listens there. Is sshd running on the builder, and is that its port? ${HERE}`,
    });
    expect(ran.summary).toContain('refuses connections on port 1');
  });

  it('falls back where a name does not resolve', async () => {
    const store = 'ssh-ng://ci@builder.invalid';
    const ran = await run(PUSH, { fallback: 'unreachable', store });
    await expectLocal(ran, {
      warning: `the host name builder.invalid does not resolve. Is it spelled right, and known to the name servers that this runner uses? A name that only ssh_config knows takes transport: openssh. ${HERE}`,
    });
  });

  it('falls back where nobody answers in time', async () => {
    const { port } = mute.address() as AddressInfo;
    const ran = await run(PUSH, { fallback: 'unreachable' }, port);
    await expectLocal(ran, {
      warning:
        `127.0.0.1, port ${port}, took the connection but said nothing within 15 s. ` +
        `Is that the port of an SSH server, and is the builder not overloaded? ${HERE}`,
    });
  });

  it('falls back where no builder is left', async () => {
    const builders = machineLine({ port: 1 });
    const ran = await run(PUSH, { fallback: 'unreachable', store: '', builders });
    expect(ran.code, ran.log).toBe(0);
    expect(ran.outputs.get('mode')).toBe('local');
    expect(ran.warnings.at(-1)).toMatch(/^the only builder cannot be reached: .* So it is built/);
  });

  it.each(['forks', 'never'])('is red under fallback: %s', async (fallback) => {
    expectRed(await run(FORKS_PULL_REQUEST, { fallback }, 1), refused);
  });
});

describe.concurrent.each(FALLBACKS)('under fallback: %s', (fallback) => {
  it('a changed host key is red', async () => {
    const { publicKey } = await makeKey(runner);
    const known = `[127.0.0.1]:${builder.port} ${publicKey}`;
    const ran = await run(FORKS_PULL_REQUEST, { fallback, 'known-hosts': known });
    expectRed(ran, /^the host key of \S+ has changed: /);
  });

  it('a key that is not let in is red', async () => {
    const { privateKey } = await makeKey(runner);
    const ran = await run(FORKS_PULL_REQUEST, { fallback, 'ssh-key': privateKey });
    expectRed(ran, /^127\.0\.0\.1 does not let ci in: /);
  });

  it('what is no SSH server is red', async () => {
    const server = createServer((socket) => socket.end('220 mail\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const ran = await run(PUSH, { fallback }, (server.address() as AddressInfo).port);
    server.close();
    expectRed(ran, / is no SSH server: it says "220 mail"$/);
  });

  it('an input that is wrong is red', async () => {
    const ran = await run(FORKS_PULL_REQUEST, { fallback, 'ssh-key': '', store: 'builder' });
    expectRed(ran, /^Input 'store': "builder" is no URI/);
  });
});

describe('setting up for later steps', () => {
  async function setUp(event: EventOptions, inputs: Inputs, port?: number) {
    const { step } = await prepareScenario({
      ...{ builder, runner, port },
      inputs: { installables: '', ...inputs },
      env: await eventVariables(runner, event),
    });
    const main = await step.collect(await step.main());
    await nothingServes(runner, step.temp, 0);
    const post = await step.collect(await step.post());
    expect(post).toMatchObject({ code: 0, log: '', summary: main.summary });
    expect(main.environment).toEqual(new Map());
    return main;
  }

  it('leaves it to the runner for a fork', async () => {
    const main = await setUp(FORKS_PULL_REQUEST, { 'ssh-key': '' });
    expect(main.code, main.log).toBe(0);
    expect(annotations(main.log, 'notice')).toEqual([`${NO_KEY} ${LATER}`]);
  });

  it('is red for a push, with the same text', async () => {
    const main = await setUp(PUSH, { 'ssh-key': '' });
    expect(main.code).toBe(1);
    expect(annotations(main.log, 'error')).toEqual([NO_KEY]);
  });

  it('leaves it to the runner where no remote answers and that is asked for', async () => {
    const main = await setUp(PUSH, { fallback: 'unreachable' }, 1);
    expect(main.code, main.log).toBe(0);
    expect(annotations(main.log, 'warning')).toEqual([
      expect.stringMatching(
        /^127\.0\.0\.1 refuses connections on port 1: .* So Nix in later steps/,
      ),
    ]);
  });

  it.each(FALLBACKS)('is red for a changed host key under fallback: %s', async (fallback) => {
    const { publicKey } = await makeKey(runner);
    const known = `[127.0.0.1]:${builder.port} ${publicKey}`;
    const main = await setUp(PUSH, { fallback, 'known-hosts': known });
    expect(main.code).toBe(1);
    expect(annotations(main.log, 'error')).toEqual([expect.stringMatching(/ has changed: /)]);
  });
});

describe.concurrent('next to credentials under pull_request_target', () => {
  const event: EventOptions = { ...FORKS_PULL_REQUEST, name: 'pull_request_target' };

  it('an impure evaluation is refused', async () => {
    const ran = await run(event, { 'eval-args': '--impure' });
    expectRed(
      ran,
      "Input 'eval-args' (--impure) evaluates impurely, which is refused next to credentials under pull_request_target. This event gets " +
        'secrets even where a stranger wrote the code, and an impure evaluation can read them. Evaluate a flake without --impure, or ' +
        'build pull requests under the event pull_request.',
    );
    expect(ran.log).not.toContain('evaluated');
  });

  it('a pure one is not', async () => {
    const ran = await run(event, {});
    expect(ran.statuses, ran.log).toEqual({ hello: 'built' });
  });

  it('nor is it without credentials', async () => {
    const inputs = { mode: 'local', 'ssh-key': '', 'eval-args': '--impure' };
    expect((await run(event, inputs)).statuses).toEqual({ hello: 'built' });
  });
});

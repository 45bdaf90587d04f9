import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Link,
  recipes,
  startBuilder,
  startNixHost,
  until,
  within,
  type Builder,
  type Finished,
  type HostProcess,
  type NixHost,
} from '../../lab/index.ts';
import { gated, Gates, SHOW_GATES } from '../helpers/gates.ts';
import { setUpOffload, type Offload } from '../helpers/offload.ts';

/** From the death of a client to the end of its build on the builder. */
const CANCEL_LIMIT_MS = 5000;

let builder: Builder;
let runner: NixHost;
let gates: Gates;

beforeAll(async () => {
  // Who waits for another's build of the same derivation looks as often as that: every five seconds is the default.
  const nixConf = [SHOW_GATES, 'build-poll-interval = 1'];
  builder = await startBuilder({ maxJobs: 12, nixConf });
  gates = await Gates.make(builder);
  runner = await startNixHost({ name: 'runner', nix: 'daemon' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

/** A client that builds one attribute of the flake in the workspace. */
interface Client {
  readonly process: HostProcess;
  readonly ended: Promise<Finished>;
  /** What it has printed. */
  readonly said: () => string;
}

/** Nix locks a flake's evaluation cache while it builds, and others that evaluate the same flake wait for it. */
const NO_CACHE = ['--option', 'eval-cache', 'false'];

function startClient(offload: Offload, name: string, link = name): Client {
  const process = offload.spawn([
    'nix',
    'build',
    ...NO_CACHE,
    '--out-link',
    link,
    `path:.#${name}`,
  ]);
  let text = '';
  process.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { process, ended: process.collect(), said: () => `${link}: ${text}` };
}

/** What is said where a build does not start. */
const saidBy = (clients: readonly Client[]) => () => clients.map(({ said }) => said()).join('\n');

async function expectBuilt(offload: Offload, client: Client, name: string): Promise<void> {
  const { code, stderr } = await within(30_000, `end of the build of ${name}`, client.ended);
  expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: expect.anything() as unknown });
  expect(await offload.output(['cat', name])).toBe(name);
}

/** Waits until a count has passed a million and then stands still for half a second; returns it. */
async function standstill(count: () => Promise<number>): Promise<number> {
  return await until(20_000, 'a standstill', async () => {
    const before = await count();
    await delay(500);
    return before > 1_000_000 && (await count()) === before && before;
  });
}

describe('ten clients at once', () => {
  const OWN = ['own0', 'own1', 'own2', 'own3', 'own4', 'own5'];

  it.each([
    ['over the daemon’s socket', 'ci'],
    ['by exec, of which sshd allows ten', 'forced'],
  ] as const)('build what is theirs and what is common to them, %s', async (_, login) => {
    await using offload = await setUpOffload({ builder, runner, login });
    const own = OWN.map((name) => `${login}-${name}`);
    const common = `${login}-common`;
    const names = [...own, common, common, common, common];
    await offload.writeFlake(
      Object.fromEntries(names.map((name) => [name, gated(name, { gate: login })])),
    );
    const clients = names.map((name, index) => startClient(offload, name, `client${index}`));
    // As many builds run at once as a connection has programs; the other clients wait for theirs.
    const atLeast = login === 'ci' ? 7 : 4;
    await gates.running(names, { atLeast, log: saidBy(clients) });
    await gates.open(login);
    for (const [index, client] of clients.entries()) {
      const name = names[index] ?? '';
      const { code, stderr } = await within(30_000, `end of client ${index}`, client.ended);
      expect(code, stderr).toBe(0);
      expect(await offload.output(['cat', `client${index}`])).toBe(name);
    }
    expect(await gates.starts(common)).toBe(1);
    const { code, log } = await offload.stop();
    expect(code, log).toBe(0);
  });
});

describe('ten clients at once, where sshd allows one program at a time', () => {
  it.each(['ci', 'forced'] as const)('wait for each other, logged in as %s', async (login) => {
    const sshdConfig = ['MaxSessions 1'];
    const nixConf = ['build-poll-interval = 1'];
    await using narrow = await startBuilder({ sshdConfig, nixConf });
    await using offload = await setUpOffload({ builder: narrow, runner, login });
    const names = Array.from({ length: 10 }, (_, index) => `narrow${index % 7}`);
    await offload.writeFlake(
      Object.fromEntries(names.map((name) => [name, recipes.script(name, `echo ${name} > $out`)])),
    );
    const clients = names.map((name, index) => startClient(offload, name, `client${index}`));
    for (const [index, { ended }] of clients.entries()) {
      const { code, stderr } = await within(30_000, `end of client ${index}`, ended);
      expect(code, stderr).toBe(0);
      expect(await offload.output(['cat', `client${index}`])).toBe(names[index]);
    }
  });
});

describe('a client that does not read', () => {
  const MEGABYTES = 40;

  it('has its build wait, fills no memory, and holds up nobody else', async () => {
    await using link = await Link.start(builder.port);
    await using offload = await setUpOffload({ builder, runner, port: link.port });
    await offload.writeFlake({
      talks: recipes.printing('talks', MEGABYTES * 1_000_000),
      other: recipes.script('other', 'echo other > $out'),
    });
    const client = offload.spawn(['nix', 'build', ...NO_CACHE, '-L', '--no-link', 'path:.#talks']);
    // What it prints is not read, so it stops to read in turn.
    client.stderr.once('readable', () => {
      client.stderr.read(1);
    });
    const received = await standstill(async () => (await link.counters()).down);
    expect(received).toBeLessThan((MEGABYTES / 2) * 1_000_000);
    expect(await offload.residentMegabytes()).toBeLessThan(200);
    await expectBuilt(offload, startClient(offload, 'other'), 'other');
    await client.signal('SIGKILL');
  });
});

describe('a client that is killed', () => {
  let offload: Offload;

  beforeAll(async () => {
    offload = await setUpOffload({ builder, runner });
  });

  afterAll(() => offload[Symbol.asyncDispose]());

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'by %s: its build ends on the builder, others go on, and it can be built again',
    async (signal) => {
      const [doomed, other] = [`${signal}-doomed`, `${signal}-other`];
      await offload.writeFlake({ [doomed]: gated(doomed), [other]: gated(other) });
      const killed = startClient(offload, doomed);
      const living = startClient(offload, other);
      await gates.running([doomed, other], { log: saidBy([killed, living]) });

      await killed.process.signal(signal);
      expect((await killed.ended).code).not.toBe(0);
      await gates.ended([doomed], CANCEL_LIMIT_MS);
      await gates.running([other], { log: saidBy([living]) });

      await gates.open(other);
      await expectBuilt(offload, living, other);
      await gates.open(doomed);
      await expectBuilt(offload, startClient(offload, doomed), doomed);
    },
  );

  it('while another waits for the same derivation: that one has it built', async () => {
    await offload.writeFlake({ shared: gated('shared') });
    const first = startClient(offload, 'shared', 'first');
    await gates.running(['shared'], { log: saidBy([first]) });
    const second = startClient(offload, 'shared');
    await first.process.signal('SIGKILL');
    await first.ended;
    await gates.open('shared');
    await expectBuilt(offload, second, 'shared');
  });

  it('with many that ask for many: none of their builds goes on', async () => {
    const names = ['many0', 'many1', 'many2', 'many3', 'many4', 'many5'];
    await offload.writeFlake(Object.fromEntries(names.map((name) => [name, gated(name)])));
    const clients = names.map((name) => startClient(offload, name));
    await gates.running(names, { log: saidBy(clients) });
    for (const { process } of clients) await process.signal('SIGKILL');
    await gates.ended(names, CANCEL_LIMIT_MS);
  });
});

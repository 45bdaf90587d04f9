import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { annotations } from '../helpers/failed-step.ts';
import {
  nothingServes,
  offloadProcess,
  offloadProcesses,
  WORKER,
} from '../helpers/offload-process.ts';
import { setUpOffload, type Offload } from '../helpers/offload.ts';
import { prepareScenario, runScenario } from '../helpers/scenario.ts';
import { waitUntil } from '../helpers/wait-until.ts';

let builder: Builder;
let runner: NixHost;

beforeAll(async () => {
  builder = await startBuilder();
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

/** The step's RUNNER_TEMP. */
function tempOf({ socketPath }: Offload): string {
  return path.dirname(path.dirname(socketPath));
}

/** Sends a signal to the process that serves. */
async function signal(name: 'KILL' | 'STOP' | 'TERM' | 'HUP' | 'USR1'): Promise<void> {
  const { pid } = await offloadProcess(runner);
  await runner.output(['kill', `-${name}`, String(pid)]);
}

describe('a job that sets up first', () => {
  it('is told of the socket and builds through it; post ends it and tells what it did', async () => {
    await using offload = await setUpOffload({ builder, runner });
    const uri = `ssh-ng://ci@127.0.0.1:${builder.port}`;
    const [connected, told] = offload.main.log.trim().split('\n').slice(-2);
    expect(connected).toMatch(/^connected to .+ \(Nix 2\.\d+\S*, \d+ ms round trip\)$/);
    expect(connected).toContain(uri);
    expect(told).toBe(`Nix in later steps of this job builds there, through ${offload.socketPath}`);
    const { socketPath } = offload;
    expect(offload.env).toEqual({ NIX_DAEMON_SOCKET_PATH: socketPath, NIX_REMOTE: 'daemon' });

    await offload.writeFlake({ hello: recipes.file('hello', 10), bad: recipes.failing('bad') });
    await offload.output(['nix', 'build', 'path:.#hello']);
    const [hello = ''] = await offload.outPaths(['hello']);
    expect(await builder.validPaths([hello])).toEqual(new Set([hello]));
    expect((await offload.run(['nix', 'build', 'path:.#bad'])).code).toBe(1);

    const post = await offload.stop();
    expect(post).toMatchObject({ code: 0, signal: undefined });
    expect(post.log).toMatch(/^offload socket: 1 built, 1 failed\. Sent .+, received .+\.$/m);
    expect(post.summary).toMatch(/^## Nix Remote Build: offload socket\n/);
    expect(post.summary).toContain(`<code>${uri.replaceAll(':', '&#58;').replace('@', '&#64;')}`);
    expect(post.summary).toMatch(/\| ❌ \| <code>bad<\/code> \| failed \|/);
    expect(post.summary).toMatch(/\| ✅ \| <code>hello<\/code> \| built \| .* s \|/);
    await nothingServes(runner, tempOf(offload));
    expect(await runner.processes()).toEqual([]);
  });

  it('may build with this action too, which does not go through the socket', async () => {
    await using offload = await setUpOffload({ builder, runner });
    const { statuses, log } = await runScenario({
      ...{ builder, runner, env: offload.env },
      attributes: { later: recipes.file('later', 10) },
      inputs: { 'copy-outputs': 'true' },
    });
    expect(statuses, log).toEqual({ later: 'built' });
    expect((await offload.stop()).log).toContain('offload socket: Nothing had to be built.');
  });

  it('is let in by an agent, also when it has to connect again', async () => {
    const socket = '/tmp/agent.sock';
    const agent = runner.spawn(['ssh-agent', '-D', '-a', socket], { user: 'owner' });
    const env = { SSH_AUTH_SOCK: socket };
    const stdin = builder.key.privateKey;
    const added = async (): Promise<boolean> =>
      (await runner.run(['ssh-add', '-'], { user: 'owner', env, stdin })).code === 0;
    await waitUntil(added, 'the agent taking the key', 10_000);
    try {
      await using offload = await setUpOffload({ builder, runner, env, inputs: { 'ssh-key': '' } });
      await builder.dropConnections();
      await offload.writeFlake({ agent: recipes.file('agent', 10) });
      await waitUntil(
        async () => (await offload.run(['nix', 'build', 'path:.#agent'])).code === 0,
        'a build over another connection',
        10_000,
      );
      const post = await offload.stop();
      expect(post.log).toMatch(/^offload socket: .*1 built.* Connected again 1 time\.$/m);
      expect(post.log).toMatch(/^::notice::the connection to ci@127\.0\.0\.1:\d+ was lost: /m);
    } finally {
      await agent.stop();
    }
  });

  it('may use it as root, who is given the two variables', async () => {
    await using offload = await setUpOffload({ builder, runner });
    await offload.writeFlake({ root: recipes.file('as-root', 10) });
    const [output = ''] = await offload.outPaths(['root']);
    const { env, workspace } = offload;
    const build = ['nix', 'build', '--no-link', 'path:.#root'];
    await runner.output(build, { user: 'root', env, cwd: workspace });
    expect(await builder.validPaths([output])).toEqual(new Set([output]));
    expect((await offload.stop()).log).toContain('1 built');
  });

  it('may set up again: each socket serves until its own post', async () => {
    await using first = await setUpOffload({ builder, runner });
    const second = await setUpOffload({ builder, runner, env: first.env });
    expect(second.socketPath).not.toBe(first.socketPath);
    await second.writeFlake({ again: recipes.file('again', 10) });
    await second.output(['nix', 'build', 'path:.#again']);
    expect((await second.stop()).log).toContain('1 built');
    await first.writeFlake({ first: recipes.file('first', 10) });
    await first.output(['nix', 'build', 'path:.#first']);
    expect((await first.stop()).log).toContain('1 built');
  });

  it('gets no summary where it wants none', async () => {
    await using offload = await setUpOffload({ builder, runner, inputs: { summary: 'false' } });
    const post = await offload.stop();
    expect(post.log).toContain('offload socket: ');
    expect(post.summary).toBe('');
  });
});

describe('the process that serves', () => {
  it('opens no debugger to who asks for it', async () => {
    await using offload = await setUpOffload({ builder, runner });
    const log = path.join(path.dirname(offload.socketPath), 'offload.log');
    await signal('USR1');
    await delay(500);
    await offloadProcess(runner);
    expect(await runner.read(log)).toBe('');
  });

  it('outlives main, a hangup, and its workspace', async () => {
    await using offload = await setUpOffload({ builder, runner });
    await runner.output(['rm', '-r', offload.workspace]);
    await signal('HUP');
    const { code, stderr } = await offload.run(['nix', 'store', 'ping'], { cwd: '/' });
    expect(code, stderr).toBe(0);
    await runner.output(['mkdir', offload.workspace]); // post begins there
    expect((await offload.stop()).log).toMatch(/^offload socket: /m);
  });

  it.each(['KILL', 'TERM'] as const)('ended by SIG%s, is missed by post', async (name) => {
    await using offload = await setUpOffload({ builder, runner });
    await signal(name);
    await waitUntil(async () => (await offloadProcesses(runner)).length === 0, 'its end');
    const post = await offload.stop();
    expect(post).toMatchObject({ code: 0, summary: '' });
    expect(annotations(post.log, 'warning')).toEqual([
      expect.stringMatching(/^The process of the offload socket did not answer: it had ended/),
    ]);
    if (name === 'TERM') expect(post.log).toMatch(/ Its last words: \S+Z told to end$/m);
    await nothingServes(runner, tempOf(offload));
  });

  it('ends what is still being built when post asks it to end', async () => {
    await using offload = await setUpOffload({ builder, runner });
    await offload.writeFlake({ long: recipes.script('long', 'sleep 60; echo > $out') });
    const client = offload.spawn(['nix', 'build', 'path:.#long']);
    const ended = client.collect();
    await waitUntil(async () => (await builder.builds()).length > 0, 'the build', 10_000);
    const began = performance.now();
    const post = await offload.stop();
    expect(performance.now() - began).toBeLessThan(8000);
    expect(post.log).toMatch(/^offload socket: /m);
    expect((await ended).code).toBe(1);
    await waitUntil(async () => (await builder.builds()).length === 0, 'the end of the build');
    await nothingServes(runner, tempOf(offload));
  });

  it('is ended when it does not answer', async () => {
    await using offload = await setUpOffload({ builder, runner });
    await signal('STOP');
    const post = await offload.stop();
    expect(post.code).toBe(0);
    expect(annotations(post.log, 'warning')).toHaveLength(1);
    await nothingServes(runner, tempOf(offload));
  });

  it('ends by itself when the job is gone', async () => {
    const { step } = await prepareScenario({ builder, runner, inputs: { installables: '' } });
    const worker = await step.main(WORKER);
    const mainHasEnded = async (): Promise<boolean> =>
      (await runner.processes()).map(({ argv }) => argv[1] ?? '').join() ===
      '-e,/checkout/dist/offload/index.js';
    await waitUntil(mainHasEnded, 'the end of main, and the process that serves', 20_000);
    await delay(3000); // longer than it takes to look
    await offloadProcess(runner);
    await worker.signal('SIGKILL');
    await nothingServes(runner, step.temp, 5000);
    expect(await runner.processes()).toEqual([]);
  });

  it('ends by itself when its folder is gone', async () => {
    await using offload = await setUpOffload({ builder, runner });
    await runner.output(['rm', '-r', tempOf(offload)]);
    await waitUntil(async () => (await offloadProcesses(runner)).length === 0, 'its end');
    await runner.output(['mkdir', tempOf(offload)]);
  });
});

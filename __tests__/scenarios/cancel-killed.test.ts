import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { nothingLeft } from '../helpers/cancelling.ts';
import { LiveStep } from '../helpers/live-step.ts';
import type { Scenario } from '../helpers/scenario.ts';
import { waitUntil } from '../helpers/wait-until.ts';

/** Takes no stack and little memory, and no end. */
const ENDLESS = `let next = { key }: [ { key = key + 1; } ];
  in builtins.seq (builtins.genericClosure { startSet = [ { key = 0; } ]; operator = next; }) (sh "endless" "")`;

/** A main that has no time to clean up, as when GitHub's patience has ended: post does it. */
describe('a main that is killed', () => {
  let builder: Builder;
  let runner: NixHost;
  let silentServer: Server;

  beforeAll(async () => {
    builder = await startBuilder({ suite: 'sid' });
    runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
    silentServer = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silentServer, 'listening');
  });

  afterAll(async () => {
    silentServer.closeAllConnections();
    silentServer.close();
    await builder.stop();
    await runner.stop();
  });

  const runs = async (word: string) =>
    (await runner.processes()).some(({ argv }) => argv.join(' ').includes(word));

  async function start(
    attributes: Scenario['attributes'] & object,
    inputs = {},
  ): Promise<LiveStep> {
    return await LiveStep.start({ builder, runner, attributes, inputs });
  }

  /** Kills main, and shows that post leaves no process of ours anywhere. */
  async function killAndPost(live: LiveStep): Promise<void> {
    await live.signal('SIGKILL');
    expect(await live.ended()).toMatchObject({ signal: 'SIGKILL' });
    const startedAt = performance.now();
    expect(await live.post()).toMatchObject({ code: 0 });
    expect(performance.now() - startedAt).toBeLessThan(6000);
    await nothingLeft(builder, runner);
  }

  it('while it builds on the remote', async () => {
    const live = await start({ minute: recipes.silent('minute', 60) });
    await live.said(/^building minute/m);
    await killAndPost(live);
  });

  it('in an evaluation that has no end', async () => {
    const live = await start({ endless: ENDLESS });
    await waitUntil(() => runs('nix eval'), 'the evaluation');
    await killAndPost(live);
  });

  it('in an evaluation that waits for a server', async () => {
    const { port } = silentServer.address() as AddressInfo;
    const requested = once(silentServer, 'request');
    const url = `http://127.0.0.1:${port}/never`;
    const live = await start(
      { fetched: `sh "fetched" (builtins.readFile (builtins.fetchurl "${url}"))` },
      { 'eval-args': '--impure' },
    );
    await requested;
    await killAndPost(live);
  });

  it('in a build that the evaluation takes', async () => {
    const source = recipes.script('source', 'sleep 60; echo done > $out');
    const live = await start({ imported: `sh "imported" (builtins.readFile (${source}))` });
    await waitUntil(async () => (await builder.builds()).length > 0, 'the build of the import');
    await killAndPost(live);
  });

  it('while outputs come back', async () => {
    const live = await start(
      {
        one: recipes.file('one', 100),
        many: recipes.script('many', 'head -c 60000000 /dev/urandom > $out'),
        long: recipes.silent('long', 60),
      },
      { 'copy-outputs': 'true' },
    );
    await live.said(/^copying back/m);
    await killAndPost(live);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('has less to do after %s', async (signal) => {
    const live = await start({ endless: ENDLESS });
    await waitUntil(() => runs('nix eval'), 'the evaluation');
    await live.signal(signal);
    const { code, errors, secondsAfterSignal } = await live.ended();
    expect({ code, errors }).toEqual({ code: 1, errors: ['The workflow was cancelled'] });
    expect(secondsAfterSignal).toBeLessThan(10);
    await nothingLeft(builder, runner);
    expect(await live.post()).toMatchObject({ code: 0 });
  });

  it('leaves no file but logs and results, in the folder that the runner empties', async () => {
    const live = await start({ minute: recipes.silent('minute', 60) });
    await live.said(/^building minute/m);
    await killAndPost(live);
    const { temp } = live.step;
    const files = await runner.output(['find', '/tmp', '-type', 'f', '-not', '-name', 'GITHUB_*']);
    // What a build for the evaluation printed is in a folder of its own.
    const own = '/tmp/step-\\w+/temp/nix-remote-build-\\w+';
    const allowed = new RegExp(
      `^${own}/(logs/[^/]+|results\\.json|nix-remote-build-\\w+/logs-\\w+/[^/]+)$`,
    );
    expect(files.split('\n').filter((file) => file !== '' && !allowed.test(file))).toEqual([]);
    expect(await runner.output(['ls', temp])).toMatch(/^nix-remote-build-\w+$/);
  });
});

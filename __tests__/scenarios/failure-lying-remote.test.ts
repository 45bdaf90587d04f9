import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  recipes,
  startBuilder,
  startNixHost,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { runToFailure, type FailedStep } from '../helpers/failed-step.ts';
import { installFakeDaemon } from '../helpers/fake-daemon.ts';
import { expectWholeStore, validNames } from '../helpers/stores.ts';

const PLANTED = '/nix/store/00000000000000000000000000000000-planted';

/** A builder that was taken over, or is broken, behind an sshd that works. */
describe.concurrent('a remote that lies', () => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder({ suite: 'sid' });
    runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
  });

  afterAll(async () => {
    await expectWholeStore(runner);
    await builder.stop();
    await runner.stop();
  });

  /** Builds an attribute of that name there, wants it back, and shows that nothing of it is registered here. */
  async function fail(name: string, script: string): Promise<FailedStep> {
    const failed = await runToFailure({
      builder,
      runner,
      query: await installFakeDaemon(builder, name, script),
      attributes: { [name]: recipes.file(name, 10) },
      inputs: { 'copy-outputs': 'true' },
    });
    expect(failed.code, failed.log).toBe(1);
    expect(failed.seconds).toBeLessThan(30);
    const names = await validNames(runner);
    expect(names).not.toContain(name);
    expect(names).not.toContain('planted');
    return failed;
  }

  it('gets what it says imported where all is as it says', async () => {
    // The far side of the other tests is no straw man: without a lie it is believed.
    const { code, statuses } = await runToFailure({
      builder,
      runner,
      query: await installFakeDaemon(builder, 'honest', 'serve({});'),
      attributes: { honest: recipes.file('honest', 10) },
      inputs: { 'copy-outputs': 'true' },
    });
    expect({ code, statuses }).toEqual({ code: 0, statuses: { honest: 'cached' } });
    expect(await validNames(runner)).toContain('honest');
  });

  it('is caught when a NAR has another hash than was announced', async () => {
    const script = `serve({ QueryPathInfo: () => pathInfo({ hash: '${'ab'.repeat(32)}' }) });`;
    const { errors } = await fail('other-hash', script);
    expect(errors[0]).toMatch(
      /^the NAR of \/nix\/store\/\w{32}-other-hash has SHA-256 \w{64}, but (ab){32} was announced\. The path is damaged in the store it came from: /,
    );
  });

  it('is caught when a NAR is longer than was announced', async () => {
    const { errors } = await fail(
      'other-size',
      'serve({ QueryPathInfo: () => pathInfo({ size: 64 }) });',
    );
    expect(errors[0]).toMatch(
      /^the NAR of \/nix\/store\/\w{32}-other-size is damaged: it is larger than its size$/,
    );
  });

  it('cannot plant a path that the derivation does not know', async () => {
    const script = `serve({
      QueryPathInfo: (path) => pathInfo({ references: path === '${PLANTED}' ? [] : ['${PLANTED}'] }),
    });`;
    const { errors } = await fail('planting', script);
    expect(errors[0]).toMatch(
      /^ssh-ng:\/\/ci@\S+ says that \/nix\/store\/\w{32}-planting refers to \/nix\/store\/0{32}-planted, which nothing that it was built from has\. Do not trust what that machine built, before it is known why it says so\.$/,
    );
  });

  it('is caught when it dies in mid-NAR', async () => {
    const script = `serve({ NarFromPath: () => { say(LAST, nar.subarray(0, 100)); process.exit(1); } });`;
    const { errors } = await fail('dying', script);
    expect(errors[0]).toMatch(
      /^ssh-ng:\/\/ci@\S+: the connection ended while waiting for NarFromPath\. Run the step again: what was finished is not done twice\.$/,
    );
  });

  it('is caught when it talks nonsense after the handshake', async () => {
    const { errors } = await fail('nonsense', `say(GREETING, Buffer.alloc(4096, 'nonsense'));`);
    expect(errors[0]).toMatch(
      /^ssh-ng:\/\/ci@\S+: (the daemon|the answer to \w+) breaks the worker protocol: .*\. Something between the two sides changes the bytes, or this is not a Nix daemon\.$/,
    );
  });

  it('is caught when it announces more than fits', async () => {
    const { errors } = await fail('unasked', `serve({ QueryValidPaths: () => u64(2n ** 40n) });`);
    expect(errors[0]).toMatch(
      /^ssh-ng:\/\/ci@\S+: the answer to QueryValidPaths breaks the worker protocol: a list of 1099511627776 items, more than a message may hold\. /,
    );
  });

  it('is caught when its NAR holds a file that leaves the tree', async () => {
    const script = `
      const node = ['(', 'type', 'directory', 'entry', '(', 'name', '../../etc', 'node', '(', 'type', 'regular', 'contents', 'x', ')', ')', ')'];
      const bad = Buffer.concat(['nix-archive-1', ...node].map(text));
      const hash = createHash('sha256').update(bad).digest('hex');
      serve({ QueryPathInfo: () => pathInfo({ hash, size: bad.length }), NarFromPath: () => bad });`;
    const { errors } = await fail('leaving', script);
    expect(errors[0]).toMatch(
      /^the NAR of \/nix\/store\/\w{32}-leaving is damaged: the file name "\.\.\/\.\.\/etc"$/,
    );
  });
});

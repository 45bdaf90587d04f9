import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  commitAll,
  makeRelease,
  recipes,
  startBuilder,
  startNixHost,
  writeFlake,
  type Attributes,
  type Builder,
  type NixHost,
  type UserName,
} from '../../lab/index.ts';
import { CacheServer } from '../../lab/cache-service.ts';
import { ReleaseServer } from '../helpers/release-server.ts';
import { makeWorkspace, outputPath, runScenario, type Ran } from '../helpers/scenario.ts';

const USER = 'ci';
const UNCHANGED = /^nothing has changed: (\d+) attributes? evaluated by an earlier run/m;
const EVALUATED = /^evaluated \d+ attribute/m;

let builder: Builder;
let other: Builder;
let runner: NixHost;
/** Without any Nix, nor `/nix`. */
let bare: NixHost;
let cache: CacheServer;

beforeAll(async () => {
  [builder, other, runner, bare] = await Promise.all([
    startBuilder(),
    startBuilder({ name: 'other' }),
    startNixHost({ name: 'runner' }),
    startNixHost({ name: 'bare', nix: 'none' }),
  ]);
});
afterAll(async () => {
  await Promise.all([builder, other, runner, bare].map((host) => host.stop()));
});

beforeEach(async () => {
  cache = await CacheServer.start();
  return () => cache[Symbol.asyncDispose]();
});

interface Place {
  readonly host: NixHost;
  readonly folder: string;
}

/** A checkout on a host, all of it committed. */
async function checkOut(
  host: NixHost,
  attributes: Attributes,
  user: UserName = USER,
): Promise<Place> {
  const folder = await makeWorkspace(host, user);
  await writeFlake(host, folder, attributes, user, { git: true });
  return { host, folder };
}

async function run(
  { host, folder }: Place,
  inputs: Readonly<Record<string, string>> = {},
  user: UserName = USER,
): Promise<Ran> {
  return await runScenario({
    ...{ builder, runner: host, user, workspace: folder, env: cache.env },
    inputs: { installables: '.#packages', 'nix-version': host.root.nixVersion, ...inputs },
  });
}

/** What is asserted of a run that evaluated, and went well. */
function expectEvaluated(ran: Ran): void {
  expect(ran.code, ran.log).toBe(0);
  expect(ran.log).toMatch(EVALUATED);
  expect(ran.log).not.toMatch(UNCHANGED);
}

/** Of evaluations that are kept, oldest first. */
async function keptKeys(): Promise<readonly string[]> {
  const keys = (await cache.entries()).map(({ key }) => key);
  return keys.filter((key) => key.includes('-evaluation-'));
}

async function onlyKey(): Promise<string> {
  const keys = await keptKeys();
  expect(keys).toHaveLength(1);
  return keys[0] ?? '';
}

describe('a flake that has not changed', () => {
  it('is neither evaluated nor built again: a runner without Nix stays without', async () => {
    const attributes = {
      hello: recipes.file('hello', 10),
      two: recipes.script('two', 'mkdir $out $dev', 'outputs = [ "out" "dev" ];'),
    };
    const first = await run(await checkOut(runner, attributes));
    expectEvaluated(first);
    const second = await run(await checkOut(bare, attributes));
    expect(second.code, second.log).toBe(0);
    expect(second.log).toMatch(UNCHANGED);
    expect(second.log).not.toMatch(EVALUATED);
    const expected = first.results.map((each) => ({ ...each, status: 'cached', seconds: null }));
    expect(second.results).toEqual(expected);
    expect(second.outputs.get('mode')).toBe('remote-store');
    expect(second.outputs.get('out-paths')).toBe(first.outputs.get('out-paths'));
    expect(second.summary).toContain('nothing has changed since an earlier run evaluated it');
    const { code } = await bare.run(['sh', '-c', 'command -v nix || test -e /nix']);
    expect(code, 'Nix on the runner without').toBe(1);
  });

  it('is known on a fresh runner after one that had to install Nix to evaluate it', async () => {
    await using server = await ReleaseServer.start(await makeRelease());
    await using cold = await startNixHost({ name: 'cold', nix: 'none' });
    const attributes = { cold: recipes.file('cold', 10) };
    const inputs = {
      'nix-install-url': server.base('well'),
      'extra-nix-config': 'substituters =\nflake-registry =',
    };
    const first = await run(await checkOut(cold, attributes, 'sudoer'), inputs, 'sudoer');
    expectEvaluated(first);
    expect(first.log).toMatch(/^installed Nix/m);
    const second = await run(await checkOut(bare, attributes), inputs);
    expect(second.log).toMatch(UNCHANGED);
    expect(second.log).not.toMatch(/^installed Nix/m);
    expect(outputPath(second, 'cold')).toBe(outputPath(first, 'cold'));
  });

  it('is there where each of its attributes was built, of several stores', async () => {
    const stores = [builder, other].map(({ port }) => `ssh-ng://ci@127.0.0.1:${port}`);
    const inputs = {
      store: stores.join('\n'),
      'known-hosts': [builder, other].map((each) => each.knownHosts(each.port)).join('\n'),
      'ssh-key': [builder, other].map(({ key }) => key.privateKey).join('\n'),
    };
    const names = Array.from({ length: 6 }, (_, index) => `shared${index}`);
    const all = names.map((name) => [name, recipes.file(name, 10)] as const);
    const attributes = Object.fromEntries(all);
    const first = await run(await checkOut(runner, attributes), inputs);
    expectEvaluated(first);
    expect(new Set(first.results.map(({ remote }) => remote)).size).toBe(2);
    const second = await run(await checkOut(bare, attributes), inputs);
    expect(second.log).toMatch(UNCHANGED);
    const placed = ({ results }: Ran) =>
      results.map(({ attribute, remote }) => [attribute, remote]);
    expect(placed(second)).toEqual(placed(first));
  });

  it('is evaluated for another commit of the same tree if it may see that', async () => {
    const place = await checkOut(runner, { seen: recipes.file('seen', 10) });
    await runner.output(['sed', '-i', 's/{ self }:/inputs:/', 'flake.nix'], {
      user: USER,
      cwd: place.folder,
    });
    await commitAll(runner, place.folder, USER);
    expectEvaluated(await run(place));
    const again = ['git', '-c', 'user.name=lab', '-c', 'user.email=lab@localhost', 'commit'];
    const options = { user: USER, cwd: place.folder } as const;
    await runner.output([...again, '--quiet', '--allow-empty', '--message=again'], options);
    expectEvaluated(await run(place));
    expect(await keptKeys()).toHaveLength(2);
  });
});

describe('what is not skipped', () => {
  it('a tree with changes; nothing is kept of it', async () => {
    const place = await checkOut(runner, { dirty: recipes.file('dirty', 10) });
    await runner.write(place.folder, { 'bin/more': 'more' }, USER);
    await runner.output(['git', 'add', '--intent-to-add', 'bin/more'], {
      user: USER,
      cwd: place.folder,
    });
    const ran = await run(place);
    expectEvaluated(ran);
    expect(ran.log).toContain(
      'evaluation cannot be skipped: there are changes that are not committed',
    );
    expect(await keptKeys()).toEqual([]);
  });

  it('one whose lock file Nix has completed', async () => {
    const place = await checkOut(runner, { unlocked: recipes.file('unlocked', 10) });
    const lib = { 'lib/flake.nix': '{ outputs = { self }: { }; }' };
    await runner.write(place.folder, lib, USER);
    const inputs = '{ inputs.lib.url = "path:.\\/lib";';
    const edit = ['sed', '-i', `1s/{/${inputs}/; s/{ self }:/{ self, lib }:/`, 'flake.nix'];
    await runner.output(edit, { user: USER, cwd: place.folder });
    await commitAll(runner, place.folder, USER);
    expectEvaluated(await run(place));
    expect(await runner.read(`${place.folder}/flake.lock`)).toContain('"lib"');
    expect(await keptKeys()).toEqual([]);
    await commitAll(runner, place.folder, USER);
    expectEvaluated(await run(place));
    expect(await keptKeys()).toHaveLength(1);
  });

  it('what failed', async () => {
    const place = await checkOut(runner, {
      bad: recipes.failing('bad'),
      good: recipes.file('good', 9),
    });
    const ran = await run(place, { 'keep-going': 'true' });
    expect(ran.statuses).toEqual({ bad: 'failed', good: 'built' });
    expect(await keptKeys()).toEqual([]);
  });

  it('outputs that the builder has collected meanwhile: they are built again', async () => {
    const place = await checkOut(runner, {
      gone: recipes.file('gone', 10),
      kept: recipes.file('kept', 10),
    });
    const first = await run(place);
    expectEvaluated(first);
    await builder.output(['nix-store', '--delete', outputPath(first, 'gone')]);
    const second = await run(place);
    expectEvaluated(second);
    expect(second.statuses).toEqual({ gone: 'built', kept: 'cached' });
  });

  it('what is to be copied back', async () => {
    const attributes = { back: recipes.file('back', 10) };
    expectEvaluated(await run(await checkOut(runner, attributes)));
    const trusting = await startNixHost({ name: 'trusting', nix: 'user-owned' });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => trusting.stop());
    const folder = await makeWorkspace(trusting, 'owner');
    await writeFlake(trusting, folder, attributes, 'owner', { git: true });
    const ran = await runScenario({
      ...{ builder, runner: trusting, user: 'owner', workspace: folder, env: cache.env },
      inputs: { installables: '.#packages', 'copy-outputs': 'true' },
    });
    expectEvaluated(ran);
    expect(ran.results).toMatchObject([{ status: 'cached', copied: true }]);
  });
});

describe('an entry that is not for this', () => {
  /**
   * What somebody could write who knows what is in an entry, but has no key: as it is enciphered, bits that are turned over there are turned
   * over in the content. The output of its last attribute becomes another.
   */
  function forged(entry: Buffer, output: string, other: string): Buffer {
    const start = entry.length - Buffer.byteLength(`${output}"}}]}}`);
    const mask = Buffer.from(output).map((byte, index) => byte ^ other.charCodeAt(index));
    return Buffer.from(entry.map((byte, index) => byte ^ (mask[index - start] ?? 0)));
  }

  it('is ignored, if somebody else has written it', async () => {
    const attributes = { forged: recipes.file('forged', 10), former: recipes.file('former', 10) };
    const place = await checkOut(runner, attributes);
    const first = await run(place);
    const key = await onlyKey();
    const [other, genuine] = [outputPath(first, 'forged'), outputPath(first, 'former')];
    await cache.replace(key, forged(await cache.content(key), genuine, other));
    const second = await run(place);
    expectEvaluated(second);
    expect(second.statuses).toEqual({ forged: 'cached', former: 'cached' });
    expect(outputPath(second, 'former')).toBe(genuine);
    expect(second.log).toContain('ignored 1 cached file: damaged, or not sealed with this key');
  });

  it('is ignored, if it is of another tree', async () => {
    const one = await checkOut(runner, { tree: recipes.file('tree-one', 10) });
    expectEvaluated(await run(one));
    const key = await onlyKey();
    const entry = await cache.content(key);
    const two = await checkOut(runner, { tree: recipes.file('tree-two', 10) });
    const second = await run(two);
    expectEvaluated(second);
    const keys = await keptKeys();
    expect(keys).toEqual([key, expect.any(String)]);
    await cache.replace(keys[1] ?? '', entry);
    const third = await run(two);
    expectEvaluated(third);
    expect(outputPath(third, 'tree')).toBe(outputPath(second, 'tree'));
    expect(third.log).toContain('ignored 1 cached file');
  });

  it('is ignored, if it is damaged', async () => {
    const place = await checkOut(runner, { damaged: recipes.file('damaged', 10) });
    expectEvaluated(await run(place));
    await cache.damage(await onlyKey());
    expectEvaluated(await run(place));
  });
});

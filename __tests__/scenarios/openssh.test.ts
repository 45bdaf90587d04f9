import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeKey,
  recipes,
  startBuilder,
  startNixHost,
  USERS,
  type Builder,
  type NixHost,
} from '../../lab/index.ts';
import { nothingLeft } from '../helpers/cancelling.ts';
import {
  expectNothingLeft,
  expectWholeFlake,
  machineLine,
  machineUri,
} from '../helpers/builders.ts';
import { EnvironmentWatch } from '../helpers/environment-watch.ts';
import { annotations, expectNothingBegun } from '../helpers/failed-step.ts';
import { LiveStep } from '../helpers/live-step.ts';
import { setUpOffload } from '../helpers/offload.ts';
import { linkTarget, outputPath, runScenario, type Ran } from '../helpers/scenario.ts';
import { filesWith, partsOf } from '../helpers/secret-search.ts';

const PASSPHRASE = 'correct-horse-battery-staple';

const OPENSSH = { transport: 'openssh' };

let builder: Builder;
let runner: NixHost;
let salts = 0;

beforeAll(async () => {
  builder = await startBuilder({ suite: 'bookworm' });
  runner = await startNixHost({ name: 'runner', nix: 'user-owned' });
});

afterAll(async () => {
  await Promise.all([runner.stop(), builder.stop()]);
});

const name = (text: string): string => `${text}-${(salts += 1)}`;

/** Builds one thing and copies it back. */
async function build(inputs: Readonly<Record<string, string>>): Promise<Ran> {
  const good = name('good');
  return await runScenario({
    ...{ builder, runner },
    attributes: { good: recipes.script(good, `echo ${good} | tee $out`) },
    inputs: { ...OPENSSH, 'copy-outputs': 'true', ...inputs },
  });
}

async function expectBuilt(ran: Ran): Promise<void> {
  expect(ran.statuses, ran.log).toEqual({ good: 'built' });
  const output = outputPath(ran, 'good');
  expect(await linkTarget(runner, ran, 'result-good')).toBe(output);
  expect(await builder.validPaths([output])).toEqual(new Set([output]));
  expect(await runner.validPaths([output])).toEqual(new Set([output]));
  await expectNothingLeft(runner);
}

describe('a store', () => {
  it('builds through the machine’s own client, and shows what both sides moved', async () => {
    const ran = await build({});
    await expectBuilt(ran);
    for (const direction of ['uploaded', 'downloaded']) {
      expect(Number(ran.outputs.get(`bytes-${direction}`))).toBeGreaterThan(1000);
    }
  });

  it('whose key has a passphrase: neither is on disk, in an environment or in an argument', async () => {
    const key = await makeKey(builder, { passphrase: PASSPHRASE });
    await builder.authorize('ci', key.publicKey);
    const parts = [...partsOf(key.privateKey), PASSPHRASE];
    const watch = EnvironmentWatch.start(runner);
    const ran = await build({
      'ssh-key': key.privateKey,
      'ssh-key-passphrase': PASSPHRASE,
    });
    await watch.stop();
    await expectBuilt(ran);
    expect(watch.programs).toEqual(expect.arrayContaining(['ssh', 'sh']));
    const leaks = watch.texts.filter((text) => parts.some((part) => text.includes(part)));
    expect(leaks).toEqual([]);
    expect(await filesWith(runner, parts)).toEqual([]);
    const texts = [ran.log, ran.summary, ...ran.outputs.values()];
    expect(texts.filter((text) => parts.some((part) => text.includes(part)))).toEqual([]);
  });

  it('whose key changed is refused, as is one of which none is known, by pin and by known-hosts', async () => {
    const [own = '', other = ''] = builder.hostKeys;
    const stranger = (await makeKey(builder)).publicKey;
    const at = `[127.0.0.1]:${builder.port}`;
    const pinned = Buffer.from(stranger).toString('base64');
    const pinnedUri = `ssh-ng://ci@127.0.0.1:${builder.port}?base64-ssh-public-host-key=${encodeURIComponent(pinned)}`;
    const cases: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
      [{ 'known-hosts': `${at} ${stranger}` }, /the host key of \S+ has changed/],
      [{ 'known-hosts': `elsewhere ${own}` }, /the host key of \S+ is not in known-hosts/],
      [{ 'known-hosts': '' }, /the host key of \S+ is not in this machine's known_hosts/],
      [
        { 'known-hosts': `@revoked ${at} ${own}\n${at} ${other}\n@revoked ${at} ${other}` },
        /is marked @revoked in known-hosts/,
      ],
      [{ store: pinnedUri }, /the host key of \S+ has changed: it is not the one in base64/],
    ];
    for (const [inputs, message] of cases) {
      const ran = await build(inputs);
      expect(ran.code).toBe(1);
      expect(annotations(ran.log, 'error')).toEqual([expect.stringMatching(message)]);
      expectNothingBegun(ran);
    }
    await expectNothingLeft(runner);
  });

  it('that pins the key it has is taken, whatever known-hosts say', async () => {
    const pinned = encodeURIComponent(Buffer.from(builder.hostKeys[1] ?? '').toString('base64'));
    const store = `ssh-ng://ci@127.0.0.1:${builder.port}?base64-ssh-public-host-key=${pinned}`;
    await expectBuilt(await build({ store, 'known-hosts': '' }));
  });
});

describe('a host that only ssh_config knows', () => {
  const folder = `${USERS.owner.home}/.ssh`;

  beforeAll(async () => {
    const config = [
      'Host aliased',
      '  HostName 127.0.0.1',
      `  Port ${builder.port}`,
      '  User ci',
      '  ProxyJump way',
      'Host direct',
      '  HostName 127.0.0.1',
      `  Port ${builder.port}`,
      '  User ci',
      'Host way',
      '  HostName 127.0.0.1',
      `  Port ${builder.port}`,
      '  User trusted',
      // None of these may be heeded.
      'Host *',
      '  StrictHostKeyChecking no',
      '  ControlMaster auto',
      `  ControlPath ${folder}/%C`,
      '  ControlPersist 600',
      '  IdentitiesOnly yes',
      '  RemoteCommand false',
      '  PermitLocalCommand yes',
      '  LocalCommand echo ready nobody; touch local-command',
      '  LocalForward 127.0.0.1:1 127.0.0.1:1',
      '',
    ].join('\n');
    await runner.write(folder, { config, known_hosts: builder.knownHosts() }, 'owner');
  });

  afterAll(async () => {
    await runner.output(['rm', '-r', folder]);
  });

  const store = 'ssh-ng://aliased';

  it('is reached the way that it says, as whom it says, with the keys and known hosts of the machine', async () => {
    const file = `${folder}/own-key`;
    await runner.write(folder, { 'own-key': builder.key.privateKey }, 'owner');
    await runner.output(['chmod', '600', file]);
    const uri = `${store}?ssh-key=${file}`;
    await expectBuilt(await build({ store: uri, 'ssh-key': '', 'known-hosts': '' }));
    const accepted = builder.sshd.log.match(/Accepted publickey for \w+/g)?.slice(-2);
    expect(accepted).toEqual(['trusted', 'ci'].map((user) => `Accepted publickey for ${user}`));
  });

  it('is reached with our key, on the way, too, and by our known hosts alone', async () => {
    await expectBuilt(await build({ store }));
    const at = `[127.0.0.1]:${builder.port}`;
    const stranger = (await makeKey(builder)).publicKey;
    const ran = await build({ store, 'known-hosts': `${at} ${stranger}` });
    expect(annotations(ran.log, 'error')).toEqual([expect.stringMatching(/has changed/)]);
    const direct = await build({ store: 'ssh-ng://direct', 'known-hosts': `${at} ${stranger}` });
    expect(annotations(direct.log, 'error')).toEqual([expect.stringMatching(/has changed/)]);
    expect(await runner.output(['ls', folder])).toBe('config\nknown_hosts\nown-key');
  });

  it('may name a certificate, for which our key signs', async () => {
    const [authority, user] = await Promise.all([makeKey(builder), makeKey(builder)]);
    const ca = { ca: authority.privateKey, 'user.pub': `${user.publicKey}\n` };
    await builder.write('/root/certify', ca);
    const sign =
      'chmod 600 ca && ssh-keygen -q -s ca -I test -n ci,trusted user.pub && cat user-cert.pub';
    const certificate = await builder.output(['sh', '-c', sign], { cwd: '/root/certify' });
    for (const login of ['ci', 'trusted'] as const) {
      await builder.authorize(login, authority.publicKey, `cert-authority,principals="${login}"`);
    }
    const without = await build({ store, 'ssh-key': user.privateKey });
    expect(annotations(without.log, 'error')).toEqual([
      expect.stringMatching(/^trusted@127\.0\.0\.1 does not let us in: offered was ssh-ed25519/),
    ]);
    await runner.write(folder, { certificate: `${certificate}\n` }, 'owner');
    const config = await runner.read(`${folder}/config`);
    const more = `Host *\n  CertificateFile ${folder}/certificate\n`;
    await runner.write(folder, { config: config + more }, 'owner');
    await expectBuilt(await build({ store, 'ssh-key': user.privateKey }));
    await runner.write(folder, { config }, 'owner');
  });

  it('is said to need this transport without it', async () => {
    const ran = await build({ store, transport: 'ssh2' });
    expect(annotations(ran.log, 'error')).toEqual([
      expect.stringMatching(/the host name aliased does not resolve.*transport: openssh/),
    ]);
  });
});

it('machines build through it', async () => {
  await expectWholeFlake(builder, runner, 'owner', {}, OPENSSH);
  await expectWholeFlake(builder, runner, 'owner', { protocol: 'ssh' }, OPENSSH);
});

it('later steps build through it, also after a lost connection; post leaves nothing', async () => {
  const [one, two] = [name('one'), name('two')];
  await using later = await setUpOffload({ builder, runner, inputs: OPENSSH });
  await later.writeFlake({ one: recipes.file(one, 1000), two: recipes.file(two, 1000) });
  await later.output(['nix', 'build', 'path:.#one']);
  await builder.dropConnections();
  await later.output(['nix', 'build', 'path:.#two']);
  const paths = await later.outPaths(['one', 'two']);
  expect(await builder.validPaths(paths)).toEqual(new Set(paths));
  const post = await later.stop();
  expect(post.code, post.log).toBe(0);
  expect(post.log).toContain('lost');
  await expectNothingLeft(runner);
});

it('later steps build on machines through it', async () => {
  const leaf = name('leaf');
  const inputs = { ...OPENSSH, store: '', builders: machineLine(builder) };
  await using later = await setUpOffload({ builder, runner, user: 'owner', inputs });
  expect(later.main.log).toContain(machineUri(builder));
  await later.writeFlake({ leaf: recipes.file(leaf, 1000) });
  await later.output(['nix', 'build', 'path:.#leaf']);
  const paths = await later.outPaths(['leaf']);
  expect(await builder.validPaths(paths)).toEqual(new Set(paths));
  await later.stop();
  await expectNothingLeft(runner);
});

it('ends with a main that is killed, and its build', async () => {
  const live = await LiveStep.start({
    ...{ builder, runner },
    attributes: { minute: recipes.silent(name('minute'), 60) },
    inputs: OPENSSH,
  });
  await live.said(/^building minute/m);
  const clients = async (): Promise<readonly string[]> =>
    (await runner.processes()).map(({ argv }) => argv[0] ?? '').filter((each) => each === 'ssh');
  expect(await clients()).toHaveLength(1);
  await live.signal('SIGKILL');
  await live.ended();
  // Before post: the client hears of it.
  await expect.poll(clients, { timeout: 5000 }).toEqual([]);
  expect(await live.post()).toMatchObject({ code: 0 });
  await nothingLeft(builder, runner);
  await expectNothingLeft(runner);
});

it('ends when the step is cancelled, and its build', async () => {
  const live = await LiveStep.start({
    ...{ builder, runner },
    attributes: { minute: recipes.silent(name('minute'), 60) },
    inputs: OPENSSH,
  });
  await live.said(/^building minute/m);
  await live.signal('SIGINT');
  const { code, errors, secondsAfterSignal } = await live.ended();
  expect({ code, errors }).toEqual({
    code: 1,
    errors: [expect.stringMatching(/The workflow was cancelled$/)],
  });
  expect(secondsAfterSignal).toBeLessThan(10);
  await nothingLeft(builder, runner);
  expect(await live.post()).toMatchObject({ code: 0 });
  await expectNothingLeft(runner);
});

it('is refused by name where there is no ssh', async () => {
  const folder = await runner.output(['mktemp', '-d', '/var/tmp/no-ssh-XXXXXX']);
  const programs =
    'for each in /usr/bin/*; do [ "${each##*/}" = ssh ] || ln -s "$each" .; done; chmod 755 .';
  await runner.output(['sh', '-c', programs], { cwd: folder });
  const ran = await runScenario({
    ...{ builder, runner },
    attributes: { good: recipes.file(name('good'), 1) },
    inputs: OPENSSH,
    env: { PATH: `${folder}:/usr/local/bin` },
  });
  await runner.output(['rm', '-r', folder]);
  expect(annotations(ran.log, 'error')).toEqual([
    expect.stringMatching(/^transport: openssh, but there is no ssh on this machine/),
  ]);
});

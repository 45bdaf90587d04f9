import { describe, expect, test } from 'vitest';
import { parseBuilders } from '../../src/domain/builders.ts';
import { readInputs, type BuildInputs, type Inputs } from '../../src/action/inputs.ts';
import { isCopied } from '../../src/build/copy-selection.ts';
import { ActionError } from '../../src/domain/errors.ts';
import { parseSystem } from '../../src/domain/system.ts';

const KEY =
  'builder.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN8zu2y6Yq2b5m2yqYc0Zs1nM3O0hXJpQm5o5o1Xn1aB';

const GOOD = {
  installables: '.#checks',
  store: 'ssh-ng://ci@builder.example.org',
  'known-hosts': KEY,
};

function read(given: Readonly<Record<string, string>>): Inputs {
  const inputs: Readonly<Record<string, string>> = { ...GOOD, ...given };
  return readInputs((name) => inputs[name] ?? '', {
    workspace: '/workspace',
    runnerSystem: parseSystem('x86_64-linux'),
    githubHost: 'github.com',
    cloud: {},
    parseBuilders,
  });
}

/** Of a step that builds. */
function readBuild(given: Readonly<Record<string, string>>): BuildInputs {
  const inputs = read(given);
  if (inputs.task !== 'build') throw new Error(`the task is ${inputs.task}`);
  return inputs;
}

function refusal(given: Readonly<Record<string, string>>): string {
  try {
    read(given);
  } catch (error) {
    if (error instanceof ActionError)
      return [error.message, error.hint].filter(Boolean).join(' | ');
    throw error;
  }
  throw new Error('the inputs were accepted');
}

test('what is not given is left to the remote', () => {
  const { request, writeSummary } = readBuild({});
  expect(request.options).toEqual({
    keepGoing: undefined,
    maxJobs: undefined,
    cores: undefined,
    timeout: undefined,
    maxSilentTime: undefined,
    settings: new Map(),
  });
  expect(request.copy).toEqual({ kind: 'none' });
  expect(request.copyInputs).toBe('auto');
  expect(request.workingDirectory).toBe('/workspace');
  expect(writeSummary).toBe(true);
});

test('eval-args are options with their values, one per line, quotes kept together', () => {
  const { request } = readBuild({
    'eval-args': '--override-input nixpkgs path:./nixpkgs\n--argstr greeting "hello world"',
  });
  expect(request.evalArgs).toEqual([
    '--override-input',
    'nixpkgs',
    'path:./nixpkgs',
    '--argstr',
    'greeting',
    'hello world',
  ]);
});

test('copy-outputs takes globs of attribute names', () => {
  const { copy } = readBuild({ 'copy-outputs': 'checks.*.fmt\n*.docs' }).request;
  expect(isCopied(copy, 'checks.x86_64-linux.fmt')).toBe(true);
  expect(isCopied(copy, 'packages.x86_64-linux.docs')).toBe(true);
  expect(isCopied(copy, 'packages.x86_64-linux.fmt')).toBe(false);
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  [
    'keep-going',
    { 'keep-going': 'yes' },
    "Input 'keep-going': 'yes' is not valid | Allowed: true, false.",
  ],
  [
    'copy-inputs',
    { 'copy-inputs': 'always' },
    "Input 'copy-inputs': 'always' is not valid | Allowed: auto, never.",
  ],
  [
    'timeout',
    { timeout: '1h' },
    "Input 'timeout': '1h' is not valid | Allowed: a whole number of seconds, 0 or more.",
  ],
  [
    'build-options',
    { 'build-options': 'cores: 4' },
    "Input 'build-options': line 'cores: 4' is not valid | Write one `name = value` per line.",
  ],
  [
    'file and expr',
    { file: 'a.nix', expr: '1', installables: 'a' },
    "Input 'expr': is given together with file | Give one of file and expr.",
  ],
  [
    'copy-outputs without installables',
    { installables: '', 'copy-outputs': 'true' },
    "Input 'copy-outputs': means nothing without installables | With `installables` empty, this step only sets up remote builds for later steps: name what to build, or leave this input out.",
  ],
])('refuses a wrong %s by name, with what is allowed', (_, given, expected) => {
  expect(refusal(given)).toBe(expected);
});

test('every wrong input is told at once', () => {
  const text = refusal({ 'keep-going': 'maybe', cores: 'all', store: 'ssh://ci@host' });
  expect(text).toMatch(/^3 inputs are wrong: /);
  for (const name of ['keep-going', 'cores', 'store']) expect(text).toContain(`Input '${name}'`);
});

describe('without installables', () => {
  test('nothing is built: later steps are to build', () => {
    const inputs = read({
      installables: ' \n',
      'keep-going': 'true',
      cores: '2',
      summary: 'false',
    });
    expect(inputs).toMatchObject({
      task: 'set-up',
      request: {
        destination: { mode: 'remote-store', stores: [{ host: 'builder.example.org' }] },
        copyInputs: 'auto',
        options: { keepGoing: true, cores: 2 },
      },
      writeSummary: false,
    });
  });

  test('the defaults of action.yml are no wish', () => {
    const defaults = { 'working-directory': '.', 'copy-outputs': 'false', 'out-link': 'result' };
    expect(read({ installables: '', ...defaults }).task).toBe('set-up');
  });

  test.each([
    ['file', 'default.nix'],
    ['expr', '{ a = 1; }'],
  ])('%s is built whole', (name, value) => {
    expect(readBuild({ installables: '', [name]: value }).request.installables).toHaveLength(1);
  });

  test.each([
    ['eval-args', '--impure'],
    ['system', 'x86_64-linux'],
    ['working-directory', 'sub'],
    ['copy-outputs', '*.docs'],
    ['out-link', 'out'],
  ])('%s is refused: an expression that came out empty must not pass as a build', (name, value) => {
    expect(refusal({ installables: '', [name]: value })).toContain(
      `Input '${name}': means nothing`,
    );
  });

  test('all that is wrong is told at once', () => {
    const text = refusal({ installables: '', system: 'x86_64-linux', cores: 'all', store: '' });
    for (const name of ['system', 'cores', 'store']) expect(text).toContain(`Input '${name}'`);
  });
});

describe('where to build', () => {
  const MACHINES = 'ssh-ng://ci@one x86_64-linux,aarch64-linux - 4 2\nssh-ng://two';

  function destination(given: Readonly<Record<string, string>>) {
    return readBuild(given).request.destination;
  }

  test('is the store, where nothing else is given; by itself it may be a builder, too', () => {
    const stores = [{ host: 'builder.example.org' }];
    expect(destination({ mode: 'remote-store' })).toEqual(
      expect.not.objectContaining({ machines: expect.anything() as unknown }),
    );
    expect(destination({ mode: 'remote-store' })).toMatchObject({ mode: 'remote-store', stores });
    for (const mode of ['', 'auto']) {
      expect(destination({ mode })).toMatchObject({ mode: 'auto', stores, machines: stores });
    }
  });

  test('is on builders, where only they are given', () => {
    const { mode, machines } = builders({ store: '', builders: MACHINES });
    expect(mode).toBe('builders');
    expect(machines).toMatchObject([
      { host: 'one', user: 'ci', systems: ['x86_64-linux', 'aarch64-linux'], maxJobs: 4 },
      // A machine that does not say builds for the system of whoever reads it.
      { host: 'two', systems: ['x86_64-linux'], maxJobs: 1 },
    ]);
  });

  test('is on builders and the store as one of them, where that is said', () => {
    const { machines } = builders({ mode: 'builders', builders: MACHINES });
    expect(machines.map(({ host }) => host)).toEqual(['one', 'two', 'builder.example.org']);
    expect(builders({ mode: 'builders' }).machines).toHaveLength(1);
  });

  test('is either, of each machine that can be both, where both are given', () => {
    const old = 'ssh://old';
    const demanding = 'ssh-ng://demanding x86_64-linux - 1 1 - benchmark';
    expect(destination({ builders: [MACHINES, old, demanding].join('\n') })).toMatchObject({
      mode: 'auto',
      stores: [
        { host: 'builder.example.org' },
        { host: 'one', user: 'ci', systems: ['x86_64-linux', 'aarch64-linux'] },
        { host: 'two' },
      ],
      machines: [
        ...['one', 'two', 'old', 'demanding', 'builder.example.org'].map((host) => ({ host })),
      ],
    });
  });

  test('store skips comments, and names the line that is wrong where there are several', () => {
    const store = '# the fast one\nssh-ng://one\n\nssh-ng://two';
    expect(destination({ store })).toMatchObject({ stores: [{ host: 'one' }, { host: 'two' }] });
    expect(refusal({ store: 'ssh-ng://one\nssh://two' })).toMatch(
      /^Input 'store': line 2: ssh:\/\/ cannot be used/,
    );
    expect(builders({ store: '# none', builders: MACHINES }).mode).toBe('builders');
  });

  test('is in stores for later steps, where all can be that', () => {
    const request = (given: Readonly<Record<string, string>>) =>
      read({ installables: '', ...given }).request.destination;
    expect(request({ builders: MACHINES })).toMatchObject({
      mode: 'remote-store',
      stores: [{ host: 'builder.example.org' }, { host: 'one' }, { host: 'two' }],
    });
    expect(refusal({ installables: '', builders: 'ssh://old' })).toMatch(
      /^Input 'mode': is 'auto', and ssh:\/\/old can be a builder only/,
    );
  });

  test('is here alone where that is said, whatever else is given', () => {
    const local = { mode: 'local', reason: 'the input mode says so' };
    expect(destination({ mode: 'local', store: '' })).toEqual(local);
    expect(destination({ mode: 'local', builders: MACHINES })).toEqual(local);
    expect(refusal({ mode: 'local', store: 'builder' })).toContain("Input 'store': ");
  });

  test('is refused by name and line', () => {
    expect(refusal({ store: '' })).toContain("Input 'store': is empty");
    expect(refusal({ store: '', mode: 'builders' })).toContain("Input 'builders': is empty");
    expect(refusal({ mode: 'remote' })).toBe(
      "Input 'mode': 'remote' is not valid | Allowed: auto, remote-store, builders, local.",
    );
    expect(refusal({ store: '', builders: 'ssh-ng://one x86_64-linux - many' })).toMatch(
      /^Input 'builders': .*line 1.*maxJobs.*many/,
    );
    const other = 'ssh-ng://ci@builder.example.org - - 8';
    expect(refusal({ mode: 'builders', builders: other })).toContain(
      "Input 'store': ssh-ng://ci@builder.example.org has other settings than in builders",
    );
  });

  function builders(given: Readonly<Record<string, string>>) {
    const found = destination(given);
    if (found.mode !== 'builders') throw new Error(`the mode is ${found.mode}`);
    return found;
  }
});

describe('what Nix on the runner is told', () => {
  test('is nothing unless it is given', () => {
    expect(readBuild({}).request.nixConf).toEqual({ accessToken: undefined, extraConfig: '' });
  });

  test('is lines as they are, and a token for the GitHub that runs the workflow', () => {
    const given = { 'extra-nix-config': ' cores = 2 # two\n', 'github-token': 'ghs_a\n' };
    expect(readBuild(given).request.nixConf).toEqual({
      accessToken: { host: 'github.com', token: 'ghs_a' },
      extraConfig: ' cores = 2 # two\n',
    });
  });

  test.each([
    ['extra-nix-config', 'cores = 2\nnetrc=hunter2', "line 2: there is no blank before '='"],
    ['extra-nix-config', 'access-tokens github.com=hunter2', "line 1: 'access-tokens' is not"],
    ['extra-nix-config', 'include hunter2', "line 1: the path of 'include' is not absolute"],
    ['extra-nix-config', 'store = ssh-ng://hunter2', "sets 'store', by which Nix would leave"],
    ['github-token', 'hunter2 hunter2', 'the access token for "github.com" is empty or holds'],
  ])('is refused by name and not quoted: %s, %j', (input, text, complaint) => {
    const said = refusal({ [input]: text });
    expect(said).toContain(`Input '${input}': ${complaint}`);
    expect(said).not.toContain('hunter2');
  });
});

test('the runner’s Nix is any that is there unless more is said', () => {
  expect(readBuild({}).nixWanted).toEqual({
    policy: 'auto',
    version: undefined,
    source: undefined,
  });
  const url = 'https://mirror.example/nix-2.30.1-x86_64-linux.tar.xz';
  expect(readBuild({ 'nix-install-url': url }).nixWanted).toMatchObject({ version: '2.30.1' });
});

test.each<[Readonly<Record<string, string>>, string]>([
  [
    { 'install-nix': 'yes' },
    "Input 'install-nix': 'yes' is not valid | Allowed: auto, never, always.",
  ],
  [
    { 'nix-version': 'latest' },
    "Input 'nix-version': 'latest' is not valid | Allowed: a release of Nix from 2.8.0 on, as three numbers, for example 2.34.8.",
  ],
  [
    { 'install-nix': 'never', 'nix-install-url': 'https://mirror.example' },
    "Input 'nix-install-url': means nothing with install-nix: never | Leave one of the two out.",
  ],
  [
    { 'nix-install-url': 'https://mirror.example/nix.tar.xz' },
    "Input 'nix-install-url': does not say of which version that tarball is | Set nix-version, or keep the name nix-VERSION-SYSTEM.tar.xz.",
  ],
  [
    {
      'nix-version': '2.30.2',
      'nix-install-url': 'https://mirror.example/nix-2.30.1-x86_64-linux.tar.xz',
    },
    "Input 'nix-version': is 2.30.2, and nix-install-url is of 2.30.1 | Leave nix-version out, or name another tarball.",
  ],
])('%o is refused', (given, message) => {
  expect(refusal(given)).toBe(message);
});

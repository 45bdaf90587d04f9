import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeKey,
  startBuilder,
  startNixHost,
  type Builder,
  type KeyPair,
  type NixHost,
} from '../../lab/index.ts';
import { runToFailure } from '../helpers/failed-step.ts';
import type { Scenario } from '../helpers/scenario.ts';

/** What is refused before anything is connected to or evaluated. */
describe.concurrent('wrong inputs', () => {
  let builder: Builder;
  let runner: NixHost;
  let key: KeyPair;
  let encrypted: KeyPair;

  beforeAll(async () => {
    builder = await startBuilder({ suite: 'sid' });
    runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
    [key, encrypted] = await Promise.all([
      makeKey(runner),
      makeKey(runner, { passphrase: 'correct horse' }),
    ]);
  });

  afterAll(async () => {
    await builder.stop();
    await runner.stop();
  });

  /** The whole of what is said of these inputs, beside which all is right. */
  async function complaint(
    inputs: NonNullable<Scenario['inputs']>,
    env?: Scenario['env'],
  ): Promise<string | undefined> {
    const failed = await runToFailure({ builder, runner, inputs, ...(env && { env }) });
    expect(failed.code, failed.log).toBe(1);
    expect(failed.log).not.toContain('connected to');
    expect(failed.errors).toHaveLength(1);
    expect(failed.seconds).toBeLessThan(15);
    expect(failed.summary).toMatch(
      /^## Nix Remote Build: ❌ (?:nothing was built|not set up)\n\n<pre>.+<\/pre>\n/,
    );
    return failed.errors[0];
  }

  const uri = 'ssh-ng://ci@builder.example.org';
  const wrong: Readonly<Record<string, readonly [Readonly<Record<string, string>>, string]>> = {
    'a store that is no URI': [
      { store: 'builder.example.org' },
      `Input 'store': "builder.example.org" is no URI of the form ssh-ng://user@host. ` +
        'A remote store is written ssh-ng://user@builder.example.org',
    ],
    'no store': [
      { store: '' },
      `Input 'store': is empty. Give at least one, for example ssh-ng://ci@builder.example.org.`,
    ],
    'the same store twice': [
      { store: `${uri}\n${uri}` },
      `Input 'store': names ${uri} twice. Name each store once.`,
    ],
    'the serve protocol': [
      { store: 'ssh://ci@builder.example.org' },
      `Input 'store': ssh:// cannot be used as a store that builds. Write ssh-ng:// instead: ssh-ng://ci@builder.example.org`,
    ],
    'a parameter that is not supported': [
      { store: `${uri}?max-connections=3` },
      `Input 'store': the parameter "max-connections" is not supported. Supported are ssh-key, base64-ssh-public-host-key, ` +
        'compress, remote-program, remote-store, port, system-features, systems.',
    ],
    'a port that is none': [
      { store: 'ssh-ng://ci@builder.example.org:99999' },
      `Input 'store': "99999" is no port: 1 to 65535. Where none is given, it is 22.`,
    ],
    'a line of known-hosts that is cut off': [
      { 'known-hosts': 'builder.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFs2' },
      `Input 'known-hosts': known-hosts, line 1 holds no "ssh-ed25519" key: it is damaged or cut off. ` +
        'A line reads `builder.example.org ssh-ed25519 AAAA…`, as in ~/.ssh/known_hosts.',
    ],
    'a certificate authority': [
      { 'known-hosts': '@cert-authority * ssh-ed25519 AAAA' },
      `Input 'known-hosts': known-hosts, line 1: @cert-authority takes transport: openssh, host certificates cannot be checked without. ` +
        'Set transport: openssh, or pin the plain key of the host instead: on the builder, `cat /etc/ssh/ssh_host_ed25519_key.pub` prints the words that ' +
        'follow the host name in a known-hosts line.',
    ],
    'a boolean that is none': [
      { 'keep-going': 'yes' },
      `Input 'keep-going': 'yes' is not valid. Allowed: true, false.`,
    ],
    'a number that is none': [
      { 'max-jobs': 'auto' },
      `Input 'max-jobs': 'auto' is not valid. Allowed: a whole number of jobs, 0 or more.`,
    ],
    'a negative time': [
      { timeout: '-1' },
      `Input 'timeout': '-1' is not valid. Allowed: a whole number of seconds, 0 or more.`,
    ],
    'a line of build-options without =': [
      { 'build-options': 'cores = 4\nsandbox' },
      `Input 'build-options': line 'sandbox' is not valid. Write one \`name = value\` per line.`,
    ],
    'both file and expr': [
      { file: 'default.nix', expr: '{ }', installables: 'hello' },
      `Input 'expr': is given together with file. Give one of file and expr.`,
    ],
    'a flake beside a file': [
      { file: 'default.nix', installables: '.#hello' },
      `Input 'installables': installable ".#hello" names a flake, but file or expr is given. Write the attribute path alone, as in hello.`,
    ],
    'two installables on one line': [
      { installables: '.#a .#b' },
      `Input 'installables': installable ".#a .#b" has a blank in it. Write one installable per line; a blank in an attribute name needs quotes.`,
    ],
    'what is to be copied, but nothing to build': [
      { installables: '', 'copy-outputs': 'true' },
      `Input 'copy-outputs': means nothing without installables. With \`installables\` empty, this step only sets up remote builds for later steps: name what to build, or leave this input out.`,
    ],
    'an installable without output names': [
      { installables: '.#hello^' },
      `Input 'installables': installable ".#hello^": "" after ^ is not a list of outputs. Write ^out,dev for some outputs, or ^* for all.`,
    ],
    'a system that is none': [
      { system: 'linux' },
      `Input 'system': "linux" is not a Nix system. A system is a processor and a kernel, such as x86_64-linux or aarch64-darwin.`,
    ],
    'several at once': [
      { store: 'builder', 'max-jobs': 'many', summary: '1', 'copy-outputs': 'true' },
      `3 inputs are wrong: Input 'store': "builder" is no URI of the form ssh-ng://user@host (A remote store is written ` +
        `ssh-ng://user@builder.example.org); Input 'max-jobs': 'many' is not valid (Allowed: a whole number of jobs, 0 or more.); ` +
        `Input 'summary': '1' is not valid (Allowed: true, false.)`,
    ],
  };

  it.each(Object.entries(wrong))('says what is wrong with %s', async (_, [inputs, text]) => {
    expect(await complaint(inputs)).toBe(text);
  });

  it('asks for a key where there is neither one nor an agent', async () => {
    expect(await complaint({ 'ssh-key': '' })).toBe(
      "Input 'ssh-key' is empty, and there is no SSH agent. Secrets are not passed to workflows of pull requests from forks and of " +
        'Dependabot. In any other workflow, the secret is not defined in this repository, or not under this name.',
    );
  });

  it('tells a public key from a private one', async () => {
    expect(await complaint({ 'ssh-key': key.publicKey })).toBe(
      'ssh-key is a public key, the private one is needed. Put the file without `.pub` into the secret; ' +
        'the public key goes into authorized_keys on the builder.',
    );
  });

  it('says that a key is cut off, and shows none of it', async () => {
    const half = key.privateKey.slice(0, 200);
    expect(await complaint({ 'ssh-key': half })).toBe(
      'ssh-key is cut off: its -----END line is missing. Copy the whole file into the secret, from `-----BEGIN` to the last `-----`.',
    );
  });

  it('asks for the passphrase of an encrypted key', async () => {
    expect(await complaint({ 'ssh-key': encrypted.privateKey })).toBe(
      'ssh-key is encrypted, and there is no passphrase. Set the input ssh-key-passphrase.',
    );
  });

  it('says that the passphrase is wrong, and does not show it', async () => {
    const inputs = { 'ssh-key': encrypted.privateKey, 'ssh-key-passphrase': 'battery staple' };
    expect(await complaint(inputs)).toBe(
      'ssh-key-passphrase does not decrypt ssh-key. Try it with `ssh-keygen -y -f KEYFILE`, and correct the secret.',
    );
  });
});

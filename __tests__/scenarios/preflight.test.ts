import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBuilder, startNixHost, type Builder, type NixHost } from '../../lab/index.ts';
import { runScenario, type Ran, type Scenario } from '../helpers/scenario.ts';

const CHECKS =
  'DNS, TCP, host key, authentication, Nix, protocol, trust, systems, features, free disk, round trip, throughput'.split(
    ', ',
  );

describe.concurrent('preflight', () => {
  let builder: Builder;
  let runner: NixHost;

  beforeAll(async () => {
    builder = await startBuilder({ suite: 'sid' });
    runner = await startNixHost({ suite: 'sid', name: 'runner', nix: 'user-owned' });
  });

  afterAll(async () => {
    await builder.stop();
    await runner.stop();
  });

  const run = (scenario: Partial<Scenario>): Promise<Ran> => {
    const attributes = { one: 'sh "one" "echo one > $out"' };
    return runScenario({ builder, runner, attributes, ...scenario });
  };

  /** What the log says of each check, one remote after the other. */
  const findings = ({ log }: Ran): readonly (readonly [string, string, string])[] =>
    [...log.matchAll(/^ {2}([✓!✗?]) (.{14}) (.*)$/gm)].map(
      ([, mark = '', check = '', text = '']) => [check.trimEnd(), mark, text] as const,
    );
  const verdicts = (ran: Ran): string =>
    findings(ran)
      .map(([, mark]) => mark)
      .join('');
  const said = (ran: Ran, name: string): string =>
    findings(ran).find(([check]) => check === name)?.[2] ?? '';

  it('examines a remote, then builds on it', async () => {
    const attributes = { first: 'sh "first" "echo first > $out"' };
    const ran = await run({ attributes, inputs: { preflight: 'true' } });
    expect(ran.statuses, ran.log).toEqual({ first: 'built' });
    expect(findings(ran).map(([check]) => check)).toEqual(CHECKS);
    expect(verdicts(ran)).toMatch(/^✓{9}[✓!✗]✓✓$/); // how full this machine's disk is, is its own business
    expect(said(ran, 'Nix')).toBe(builder.root.nixVersion);
    expect(said(ran, 'trust')).toBe('not trusted, which a store need not be');
    expect(said(ran, 'throughput')).toMatch(/^at least [\d.]+ [kMG]B\/s up, [\d.]+ [kMG]B\/s down/);
    expect(ran.log.indexOf('preflight of')).toBeLessThan(ran.log.indexOf('connected to'));
    expect(ran.summary).toContain('### Nix Remote Build: preflight');
    expect(ran.summary.match(/^\| (?:✅|⚠️|❌|❔)?/gm)?.length).toBeGreaterThan(CHECKS.length);
  });

  it('guesses nothing of a user who is bound to one command', async () => {
    const ran = await run({ login: 'forced', inputs: { preflight: 'true' } });
    const unknown = findings(ran).filter(([, mark]) => mark === '?');
    expect(unknown.map(([check]) => check)).toEqual([
      'systems',
      'features',
      'free disk',
      'throughput',
    ]);
  });

  it('finds what the workflow says of a remote and is not so', async () => {
    const query = 'system-features=kvm,not-there&systems=x86_64-linux';
    const ran = await run({ query, inputs: { preflight: 'true' } });
    expect(said(ran, 'features')).toMatch(/not kvm, not-there|not not-there/);
    expect(findings(ran).find(([check]) => check === 'features')?.[1]).toBe('✗');
  });

  it('shows by itself how far a connection came, and asks nobody again', async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.end('220 mail.example.org ESMTP\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const ran = await run({ port: (server.address() as AddressInfo).port });
    server.close();
    expect(ran.code).toBe(1);
    expect(connections).toBe(1);
    expect(verdicts(ran)).toBe(`✓✗${'?'.repeat(10)}`);
    expect(said(ran, 'TCP')).toMatch(/is no SSH server: it says "220 mail/);
    expect(ran.summary).toContain('### Nix Remote Build: preflight');
  });

  it('shows all remotes where one of them failed', async () => {
    const good = `ssh-ng://ci@127.0.0.1:${builder.port}`;
    const store = `${good}\nssh-ng://ci@127.0.0.1:1`;
    const inputs = { store, 'known-hosts': `${builder.knownHosts()}${builder.knownHosts(1)}` };
    const ran = await run({ inputs, attributes: { two: 'sh "two" "echo two > $out"' } });
    expect(ran.statuses, ran.log).toEqual({ two: 'built' });
    expect(verdicts(ran)).toBe(`✓✓✓✓✓✓✓???✓?✓✗${'?'.repeat(10)}`);
  });

  it('says nothing where nothing failed and nobody asked', async () => {
    const ran = await run({ attributes: { three: 'sh "three" "echo three > $out"' } });
    expect(ran.statuses).toEqual({ three: 'built' });
    expect(findings(ran)).toEqual([]);
    expect(ran.summary).not.toContain('preflight');
  });

  it('is shown, too, where later steps cannot be set up', async () => {
    const store = 'ssh-ng://ci@builder.invalid';
    const ran = await runScenario({ builder, runner, inputs: { store, installables: '' } });
    expect(ran.code).toBe(1);
    expect(verdicts(ran)).toBe(`✗${'?'.repeat(11)}`);
  });
});

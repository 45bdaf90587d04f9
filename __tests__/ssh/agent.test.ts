import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { connectSsh } from '../../src/ssh/connection.ts';
import type { Ssh2Options } from '../../src/ssh/options.ts';
import { connectFailure, connectOptions, readAll } from '../helpers/ssh-client.ts';
import { generateKey, Sshd } from '../helpers/sshd.ts';
import { waitUntil } from '../helpers/wait-until.ts';

let dir: string;
let socket: string;
let agent: ChildProcess;
let sshd: Sshd;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'agent-test-'));
  socket = join(dir, 'agent');
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  await waitUntil(() => existsSync(socket), 'the start of ssh-agent');
  generateKey(join(dir, 'stranger'), 'ed25519');
  const authorizedKeys = (['rsa', 'ed25519'] as const).map((type) =>
    generateKey(join(dir, type), type),
  );
  sshd = await Sshd.start({ authorizedKeys });
});

afterAll(async () => {
  agent.kill();
  rmSync(dir, { recursive: true, force: true });
  await sshd[Symbol.asyncDispose]();
});

function agentHolds(...names: string[]): void {
  const env = { ...process.env, SSH_AUTH_SOCK: socket };
  execFileSync('ssh-add', ['-q', '-D'], { env, stdio: 'ignore' });
  for (const name of names) {
    execFileSync('ssh-add', ['-q', join(dir, name)], { env, stdio: 'ignore' });
  }
}

const withAgent = (path = socket): Ssh2Options => ({
  ...connectOptions(sshd, []),
  credentials: { kind: 'agent', socket: path },
});

describe('an agent', () => {
  test.each(['ed25519', 'rsa'])('lets us in with a key of type %s', async (type) => {
    agentHolds('stranger', type);
    const connection = await connectSsh(withAgent());
    const { duplex } = await connection.exec('echo in');
    expect(await readAll(duplex)).toBe('in\n');
    connection.close();
  });

  test('without the right key does not', async () => {
    agentHolds('stranger');
    expect(await connectFailure(withAgent())).toMatchObject({
      code: 'authentication-failed',
      message: `127.0.0.1 does not let ${sshd.user} in: offered were the keys of the agent (SSH_AUTH_SOCK)`,
    });
  });

  test('that is not there is named as the reason', async () => {
    expect(await connectFailure(withAgent(join(dir, 'nothing')))).toMatchObject({
      code: 'authentication-failed',
      message: expect.stringMatching(/^the SSH agent cannot be used: /) as string,
    });
  });
});

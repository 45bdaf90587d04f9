import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect as connectSocket, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { connectSsh, type SshConnection } from '../../src/ssh/connection.ts';
import type { Ssh2Options } from '../../src/ssh/options.ts';
import {
  connectFailure,
  connectOptions,
  connectOptionsOver,
  makeKeyPair,
  readAll,
  TRANSPORTS,
} from '../helpers/ssh-client.ts';
import { least } from '../helpers/least.ts';
import { freePort, Sshd } from '../helpers/sshd.ts';

const ours = makeKeyPair();
const stranger = makeKeyPair();
let sshd: Sshd;
let options: Ssh2Options;
let connection: SshConnection | undefined;

beforeAll(async () => {
  sshd = await Sshd.start({
    authorizedKeys: [ours.authorizedKey],
    config: ['MaxAuthTries 3', 'MaxStartups 100'],
  });
  options = connectOptions(sshd, [ours.key]);
});

afterAll(() => sshd[Symbol.asyncDispose]());

afterEach(() => connection?.close());

async function connect(changes: Partial<Ssh2Options> = {}): Promise<SshConnection> {
  connection = await connectSsh({ ...options, ...changes });
  return connection;
}

describe.each(TRANSPORTS)('a program, over %s', (transport) => {
  const connect = async (): Promise<SshConnection> =>
    (connection = await connectSsh(connectOptionsOver(transport, sshd, [ours.key])));

  test('is run with its words as they are', async () => {
    const words = ['printf', '%s|', "it's", '$HOME', 'a  b', '', '*', '\\', '"', 'a\nb', 'ü'];
    const { duplex, exit } = await (await connect()).exec(words);
    expect(await readAll(duplex)).toBe('it\'s|$HOME|a  b||*|\\|"|a\nb|ü|');
    expect(await exit).toEqual({ code: 0, signal: undefined });
  });

  test('reads what we write, and sees its end', async () => {
    const { duplex } = await (await connect()).exec('wc -c');
    duplex.end(Buffer.alloc(300_000));
    expect((await readAll(duplex)).trim()).toBe('300000');
  });

  test('tells its exit code and what it printed on standard error', async () => {
    const program = await (await connect()).exec('echo out; echo err >&2; exit 7');
    expect(await readAll(program.duplex)).toBe('out\n');
    expect(await program.exit).toEqual({ code: 7, signal: undefined });
    expect(program.diagnostics()).toBe('err\n');
  });

  test('tells the signal that killed it', async () => {
    const program = await (await connect()).exec('kill -KILL $$');
    await readAll(program.duplex);
    expect(await program.exit).toEqual({ code: undefined, signal: 'SIGKILL' });
  });

  test('has the last 8 KiB of its standard error kept, in whole characters', async () => {
    const program = await (await connect()).exec("yes ü | head -n 20000 | tr -d '\\n' >&2");
    await readAll(program.duplex);
    await program.exit;
    expect(program.diagnostics()).toBe('ü'.repeat(4096));
    const odd = await (await connect()).exec("(yes ü | head -n 20000; echo x) | tr -d '\\n' >&2");
    await readAll(odd.duplex);
    await odd.exit;
    expect(odd.diagnostics()).toBe('ü'.repeat(4095) + 'x');
  });

  test('that is one too many for MaxSessions is refused, and the others go on', async () => {
    const many = await connect();
    const running = await Promise.all(Array.from({ length: 10 }, () => many.exec('cat')));
    await expect(many.exec('true')).rejects.toMatchObject({
      code: 'channel-refused',
      message: `${many.label} refused the command true: open failed`,
    });
    for (const { duplex } of running) {
      duplex.end('still here');
      expect(await readAll(duplex)).toBe('still here');
    }
  });
});

describe('the connection', () => {
  test('counts its bytes and measures the round trip', async () => {
    const counted = await connect();
    const [received, sent] = [counted.bytesReceived, counted.bytesSent];
    const { duplex } = await counted.exec('cat');
    duplex.end(Buffer.alloc(1_000_000));
    await readAll(duplex);
    expect(counted.bytesReceived - received).toBeGreaterThan(1_000_000);
    expect(counted.bytesSent - sent).toBeGreaterThan(1_000_000);
    expect(counted.bytesSent - sent).toBeLessThan(1_100_000);
    expect(counted.roundTripMs).toBeGreaterThan(0);
    expect(await least(40, async () => (await connect()).roundTripMs, 1)).toBeLessThan(40);
  });

  test('answers a small exchange at once, so Nagle is off', async () => {
    const { duplex } = await (await connect()).exec('cat');
    const median = async () => {
      const times: number[] = [];
      for (let round = 0; round < 21; round++) {
        const start = performance.now();
        duplex.write('x');
        await once(duplex, 'data');
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[10] ?? Infinity;
    };
    // With Nagle's algorithm each of them takes 44 ms.
    expect(await least(35, median, 1)).toBeLessThan(35);
    duplex.destroy();
  });

  test('works compressed', async () => {
    const compressed = await connect({ compress: true });
    const { duplex } = await compressed.exec('head -c 1000000 /dev/zero');
    expect(await readAll(duplex)).toHaveLength(1_000_000);
    expect(compressed.bytesReceived).toBeLessThan(100_000);
  });

  test('closes: its streams end with an error, its programs too, and nothing opens any more', async () => {
    const closing = await connect();
    const { duplex, exit } = await closing.exec('cat');
    const failed = once(duplex, 'error');
    closing.close();
    closing.close();
    const gone = {
      code: 'connection-lost',
      message: `the connection to ${closing.label} was closed`,
    };
    expect(await failed).toMatchObject([gone]);
    expect(await exit).toEqual({ code: undefined, signal: undefined });
    expect(await closing.closed).toBeUndefined();
    await expect(closing.exec('true')).rejects.toMatchObject(gone);
    await expect(closing.openSocket('/x')).rejects.toMatchObject(gone);
  });
});

describe('authentication', () => {
  test.each(['ed25519', 'rsa', 'ecdsa'] as const)('works with a key of type %s', async (type) => {
    const pair = makeKeyPair(type);
    await using server = await Sshd.start({ authorizedKeys: [pair.authorizedKey] });
    const { duplex } = await (await connect(connectOptions(server, [pair.key]))).exec('echo in');
    expect(await readAll(duplex)).toBe('in\n');
  });

  test('tries one key after the other', async () => {
    const { duplex } = await (
      await connect({ credentials: { kind: 'keys', keys: [stranger.key, ours.key] } })
    ).exec('echo in');
    expect(await readAll(duplex)).toBe('in\n');
  });

  test('with a key that is not authorized fails and shows which one it was', async () => {
    const keys = [stranger.key];
    expect(await connectFailure({ ...options, credentials: { kind: 'keys', keys } })).toMatchObject(
      {
        code: 'authentication-failed',
        message: `127.0.0.1 does not let ${sshd.user} in: offered was ssh-ed25519 ${stranger.key.fingerprint}`,
        hint: `Is the user name right, and is the public half of the key a line of ~/.ssh/authorized_keys of ${sshd.user} on 127.0.0.1?`,
      },
    );
  });

  test('that a key is not enough for says what else is wanted', async () => {
    await using server = await Sshd.start({
      authorizedKeys: [ours.authorizedKey],
      config: ['AuthenticationMethods publickey,publickey'],
    });
    expect(await connectFailure(connectOptions(server, [ours.key]))).toMatchObject({
      code: 'authentication-failed',
      message: `127.0.0.1 accepts the key of ${server.user}, but wants more than that: publickey`,
    });
  });

  test('that fails says so, also where a program was asked for ahead of it', async () => {
    const keys = [stranger.key];
    let early: Promise<unknown> | undefined;
    const failure = await connectFailure({
      ...options,
      credentials: { kind: 'keys', keys },
      onRequestable: (requestable) => {
        early = requestable.exec('true').catch((error: unknown) => error);
      },
    });
    expect(failure).toMatchObject({ code: 'authentication-failed' });
    expect(await early).toMatchObject({ code: 'connection-lost' });
  });

  test.each([
    ['one key', () => [ours.key], true],
    ['several keys', () => [stranger.key, ours.key], false],
  ])('with %s: a program that was asked for ahead of it runs', async (_name, keys, ahead) => {
    const order: string[] = [];
    let early: Promise<string> | undefined;
    await connect({
      credentials: { kind: 'keys', keys: keys() },
      onRequestable: (requestable) => {
        order.push('asked');
        early = requestable.exec('echo early').then(({ duplex }) => readAll(duplex));
        setImmediate(() => order.push('waited'));
      },
    });
    order.push('connected');
    expect(await early).toBe('early\n');
    expect(order.slice(0, 2)).toEqual(ahead ? ['asked', 'waited'] : ['asked', 'connected']);
  });

  test('may take longer than a channel, whose request travels with it', async () => {
    using command = slowKeysCommand(ours.authorizedKey);
    await using server = await Sshd.start({
      config: [`AuthorizedKeysCommand ${command.path}`, 'AuthorizedKeysCommandUser root'],
    });
    let early: Promise<string> | undefined;
    await connect({
      ...connectOptions(server, [ours.key]),
      timeouts: { channelMs: 500 },
      onRequestable: (requestable) => {
        early = requestable.exec('echo early').then(({ duplex }) => readAll(duplex));
        early.catch(() => undefined);
      },
    });
    expect(await early).toBe('early\n');
  });

  test('as a user that does not exist fails', async () => {
    expect(await connectFailure({ ...options, user: 'no-such-user' })).toMatchObject({
      code: 'authentication-failed',
      message: `127.0.0.1 does not let no-such-user in: offered was ssh-ed25519 ${ours.key.fingerprint}`,
    });
  });

  test('with no key fails', async () => {
    expect(
      await connectFailure({ ...options, credentials: { kind: 'keys', keys: [] } }),
    ).toMatchObject({
      code: 'authentication-failed',
      message: `127.0.0.1 does not let ${sshd.user} in: there was no key to offer`,
    });
  });

  test('with more wrong keys than the server lets us try fails', async () => {
    const keys = [stranger.key, makeKeyPair().key, makeKeyPair().key, ours.key];
    expect(await connectFailure({ ...options, credentials: { kind: 'keys', keys } })).toMatchObject(
      {
        code: 'authentication-failed',
        message: expect.stringMatching(
          /^127\.0\.0\.1 let \S+ try no more keys \(too many authentication failures\): offered was ssh-ed25519 SHA256:/,
        ) as string,
      },
    );
  });
});

describe('a server that cannot be reached', () => {
  test('because its port is closed', async () => {
    const port = await freePort();
    expect(await connectFailure({ ...options, port })).toMatchObject({
      code: 'host-unreachable',
      message: `127.0.0.1 refuses connections on port ${port}: nothing listens there`,
    });
  });

  test('because its name does not resolve', async () => {
    expect(await connectFailure({ ...options, host: 'no-such-host.invalid' })).toMatchObject({
      code: 'host-unresolvable',
      message: 'the host name no-such-host.invalid does not resolve',
    });
  });

  test('because there is no way to it', async () => {
    expect(await connectFailure({ ...options, host: '255.255.255.255' })).toMatchObject({
      code: 'host-unreachable',
      message: expect.stringMatching(
        /^255\.255\.255\.255, port \d+, cannot be reached: E[A-Z]+$/,
      ) as string,
    });
  });

  test('because it does not answer', async () => {
    await using server = await deafServer();
    const timeouts = { tcpMs: 300 };
    expect(await connectFailure({ ...options, port: server.port, timeouts })).toMatchObject({
      code: 'connect-timeout',
      message: `127.0.0.1 did not answer on port ${server.port} within 0.3 s`,
    });
    const signal = AbortSignal.timeout(50);
    expect(await connectFailure({ ...options, port: server.port, signal })).toMatchObject({
      code: 'cancelled',
    });
  });

  test('because it takes the connection and says nothing', async () => {
    await using server = await listen(() => undefined);
    const timeouts = { handshakeMs: 200 };
    expect(await connectFailure({ ...options, port: server.port, timeouts })).toMatchObject({
      code: 'connect-timeout',
      message: `127.0.0.1, port ${server.port}, took the connection but said nothing within 0.2 s`,
    });
  });

  test('because it stops in the middle of the handshake', async () => {
    await using server = await listen((socket) => socket.write('SSH-2.0-test\r\n'));
    const timeouts = { handshakeMs: 200 };
    expect(await connectFailure({ ...options, port: server.port, timeouts })).toMatchObject({
      code: 'connect-timeout',
      message: `127.0.0.1, port ${server.port}, did not finish the key exchange within 0.2 s`,
    });
  });

  test('because it is no SSH server', async () => {
    await using server = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await connectFailure({ ...options, port: server.port })).toMatchObject({
      code: 'protocol-mismatch',
      message: `what listens on 127.0.0.1, port ${server.port}, is no SSH server: it says "HTTP/1.1 400 Bad Request"`,
    });
  });

  test('because it hangs up each time', async () => {
    let connections = 0;
    await using server = await listen((socket) => {
      connections++;
      socket.end();
    });
    const timeouts = { retryMs: [1, 1] };
    expect(await connectFailure({ ...options, port: server.port, timeouts })).toMatchObject({
      code: 'host-unreachable',
      message: `127.0.0.1, port ${server.port}, closed the connection before the SSH handshake`,
    });
    expect(connections).toBe(3);
  });

  test('at first, is tried again', async () => {
    let connections = 0;
    await using server = await listen((socket) => {
      if (++connections < 3) socket.end('Exceeded MaxStartups\r\n');
      else socket.pipe(connectSocket(sshd.port, sshd.host)).pipe(socket);
    });

    const { duplex } = await (
      await connect({ port: server.port, timeouts: { retryMs: [1, 1] } })
    ).exec('echo in');
    expect(await readAll(duplex)).toBe('in\n');
  });

  test('with everybody else at the same time, is reached in the end', async () => {
    await using busy = await Sshd.start({
      authorizedKeys: [ours.authorizedKey],
      config: ['MaxStartups 2'],
    });
    const connecting = Array.from({ length: 8 }, () =>
      connectSsh(connectOptions(busy, [ours.key])),
    );
    const connections = await Promise.all(connecting);
    expect(connections).toHaveLength(8);
    for (const one of connections) one.close();
  });
});

describe('a connection that is lost', () => {
  test('because the server dies ends its streams with an error, not as if they were complete', async () => {
    const { closed, exec } = await connectTo(sshd);
    const { duplex } = await exec('echo begun; cat');
    await once(duplex, 'data');
    const ended = once(duplex, 'error');
    sshd.signalSessions('SIGKILL');
    expect(await ended).toMatchObject([{ code: 'connection-lost' }]);
    expect(await closed).toMatchObject({
      code: 'connection-lost',
      message: expect.stringMatching(/^the connection to \S+ was lost: /) as string,
    });
  });

  test('because the server hangs is found out', async () => {
    const timeouts = { keepAlive: { intervalMs: 100, silentIntervals: 3 } };
    const { closed, exec, label } = await connectTo(sshd, { timeouts });
    const { duplex } = await exec('cat');
    const ended = once(duplex, 'error');
    const stopped = sshd.signalSessions('SIGSTOP');
    try {
      const start = performance.now();
      const lost = {
        code: 'connection-lost',
        message: `the connection to ${label} was lost: nothing moved on it for 0.3 s`,
      };
      expect(await closed).toMatchObject(lost);
      expect(await ended).toMatchObject([lost]);
      expect(performance.now() - start).toBeLessThan(20_000);
    } finally {
      sshd.signalSessions('SIGKILL', stopped);
    }
  });

  test('is not assumed while it is merely idle', async () => {
    const timeouts = { keepAlive: { intervalMs: 50, silentIntervals: 3 } };
    const { exec } = await connectTo(sshd, { timeouts });
    const { duplex } = await exec('sleep 1; echo alive');
    expect(await readAll(duplex)).toBe('alive\n');
  });

  test('while a channel is asked for fails the request', async () => {
    const { exec, label } = await connectTo(sshd);
    sshd.signalSessions('SIGKILL');
    await expect(exec('true')).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining(label) as string,
    });
  });

  test('or only slow to open a channel, fails within the time limit', async () => {
    const { exec, label } = await connectTo(sshd, { timeouts: { channelMs: 200 } });
    const stopped = sshd.signalSessions('SIGSTOP');
    try {
      await expect(exec('true')).rejects.toMatchObject({
        code: 'channel-refused',
        message: `${label} did not answer the request for the command true within 0.2 s`,
      });
    } finally {
      sshd.signalSessions('SIGCONT', stopped);
    }
  });

  async function connectTo(server: Sshd, changes: Partial<Ssh2Options> = {}) {
    const lost = await connect({ ...connectOptions(server, [ours.key]), ...changes });
    return { closed: lost.closed, label: lost.label, exec: lost.exec.bind(lost) };
  }
});

describe('connecting is cancelled', () => {
  test('before it begins', async () => {
    expect(await connectFailure({ ...options, signal: AbortSignal.abort() })).toMatchObject({
      code: 'cancelled',
    });
  });

  test('during the handshake', async () => {
    await using server = await listen(() => undefined);
    const signal = AbortSignal.timeout(50);
    expect(await connectFailure({ ...options, port: server.port, signal })).toMatchObject({
      code: 'cancelled',
      message: 'connecting to 127.0.0.1 was cancelled',
    });
  });

  test('while it waits to try again', async () => {
    await using server = await listen((socket) => socket.end());
    const signal = AbortSignal.timeout(100);
    expect(await connectFailure({ ...options, port: server.port, signal })).toMatchObject({
      code: 'cancelled',
    });
  });
});

/** A TCP server on loopback that treats each connection so. */
async function listen(
  serve: (socket: Socket) => void,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A program for sshd's AuthorizedKeysCommand, which thinks for a second; sshd wants all of its path to be root's alone. */
function slowKeysCommand(authorizedKey: string): Disposable & { readonly path: string } {
  const folder = mkdtempSync('/run/slow-keys-');
  const path = join(folder, 'command');
  writeFileSync(path, `#!/bin/sh\nsleep 1\necho '${authorizedKey}'\n`, { mode: 0o755 });
  chmodSync(folder, 0o755);
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

/** A TCP server that is stopped and whose queue is full: it drops whoever calls. */
async function deafServer(): Promise<AsyncDisposable & { readonly port: number }> {
  const script = `const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  const callers = Array.from({ length: 4 }, () =>
    connectSocket(port, '127.0.0.1').on('error', () => undefined),
  );
  await once(callers[0] ?? child, 'connect');
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const caller of callers) caller.destroy();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

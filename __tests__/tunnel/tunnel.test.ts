import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { within } from '../../lab/index.ts';
import type { TunnelService } from '../../src/tunnel/service.ts';
import { connectOptions, makeKeyPair } from '../helpers/ssh-client.ts';
import { Sshd } from '../helpers/sshd.ts';
import { waitUntil } from '../helpers/wait-until.ts';
import { LocalTunnel, PIPE } from './local-tunnel.ts';

const MEBIBYTE = 1024 * 1024;

/** Programs of the far side. Each gets `--stdio`, as nix-daemon would. */
const PROGRAMS = {
  echo: 'exec cat',
  sum: 'sha256sum | cut -c -64',
  parrot: 'echo "$@"',
  chatty: 'echo early >&2; read line; echo "got $line"; echo late >&2; read line; echo bye',
  dying: 'echo "error: no such store" >&2; exit 1',
  endless: 'exec cat /dev/zero',
} as const;

const keys = makeKeyPair();
let sshd: Sshd;
let daemon: Daemon;

beforeAll(async () => {
  sshd = await startSshd();
  daemon = new Daemon(path.join(sshd.dir, 'daemon'));
});

afterAll(async () => {
  daemon[Symbol.dispose]();
  await sshd[Symbol.asyncDispose]();
});

/** What listens on the daemon's socket of the far side. Like Nix's, it takes an end of its client for nothing but that. */
class Daemon implements Disposable {
  readonly service: TunnelService;
  handle: (socket: Socket) => void = () => undefined;
  readonly #server: Server;

  constructor(daemonSocket: string) {
    this.service = { kind: 'worker', remoteProgram: [], remoteStore: undefined, daemonSocket };
    this.#server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      this.handle(socket);
    }).listen(daemonSocket);
  }

  [Symbol.dispose](): void {
    this.#server.close();
  }
}

async function startSshd(...config: string[]): Promise<Sshd> {
  const started = await Sshd.start({ authorizedKeys: [keys.authorizedKey], config });
  for (const [name, script] of Object.entries(PROGRAMS)) {
    writeFileSync(path.join(started.dir, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(started.dir, name), 0o755);
  }
  return started;
}

/** A program instead of nix-daemon. */
function program(name: keyof typeof PROGRAMS | 'missing', server = sshd): TunnelService {
  return { kind: 'worker', remoteProgram: [path.join(server.dir, name)], remoteStore: undefined };
}

function open(service: TunnelService, server = sshd, script = PIPE): Promise<LocalTunnel> {
  return LocalTunnel.open(connectOptions(server, [keys.key]), service, script);
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('a tunnel', () => {
  it('has a socket and a launcher for its owner alone, and takes them away', async () => {
    await using local = await open(program('echo'));
    const { tunnel, folder } = local;
    expect(statSync(tunnel.socketPath).mode & 0o777).toBe(0o600);
    expect(local.files()).toEqual(['.0', 'builder']);
    expect(tunnel.storeUri).toBe(`ssh-ng://localhost?remote-program=/bin/sh%20${folder}/builder`);
    expect(local.connections).toBe(0);
    await tunnel.close();
    expect(local.files()).toEqual([]);
  });

  it('starts the program that the service asks for', async () => {
    await using worker = await open(program('parrot'));
    expect(await worker.pipe().hearAll()).toBe('--stdio\n');
    const remoteProgram = [path.join(sshd.dir, 'parrot')];
    await using serve = await open({ kind: 'serve', remoteProgram, remoteStore: '/mnt/a b' });
    expect(serve.tunnel.storeUri).toMatch(/^ssh:\/\/localhost\?/);
    expect(await serve.pipe().hearAll()).toBe('--serve --write --store /mnt/a b\n');
  });

  it('gives each client a channel of its own, and counts bytes', async () => {
    await using local = await open(program('echo'));
    const [one, two] = [local.pipe(), local.pipe()];
    one.say('first');
    two.say('second');
    expect(await Promise.all([one.hear(), two.hear()])).toEqual(['first', 'second']);
    expect(local.tunnel).toMatchObject({ clients: 2, channels: 2, bytesSent: 11 });
    one.say('', 'end');
    two.say('', 'end');
    expect(await Promise.all([one.exit, two.exit])).toEqual([0, 0]);
    await waitUntil(() => local.tunnel.clients === 0, 'the end of both');
    expect(local.tunnel).toMatchObject({ channels: 0, bytesSent: 11 });
    // Each answer in a frame, after a greeting and what was there of standard error: nothing.
    expect(local.tunnel.bytesReceived).toBe(11 + 2 * (2 + 5 + 5));
    expect(local.connections).toBe(1);
    expect(local.notices).toEqual([]);
  });

  it('ends all clients when it is closed, and what runs for them', async () => {
    await using local = await open(program('echo'));
    const idle = (await sessionsOf(local)).length;
    const pipes = [local.pipe(), local.pipe()];
    for (const pipe of pipes) pipe.say('here');
    await Promise.all(pipes.map((pipe) => pipe.hear()));
    await within(20_000, 'closing', local.tunnel.close());
    expect(await Promise.all(pipes.map(({ exit }) => exit))).toEqual([0, 0]);
    await waitUntil(() => sshd.sessions().length === idle, 'the end of the programs');
  });

  it('starts Node as it is, wherever it and the pipe are', async () => {
    const folder = path.join(sshd.dir, "it's a $HOME; folder");
    mkdirSync(folder);
    const script = path.join(folder, 'index.js');
    cpSync(PIPE, script);
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    await using local = await open(program('parrot'), sshd, script);
    const pipe = local.pipe({ env: { NODE_OPTIONS: '--require=/nowhere' } });
    expect(await pipe.hearAll()).toBe('--stdio\n');
    expect(await pipe.stderr).toBe('');
  });

  it('turns other users away', async () => {
    await using local = await open(program('echo'));
    const stranger = local.pipe({ uid: 65534 });
    expect(await stranger.exit).toBe(2);
    expect(await stranger.stderr).toMatch(/builder.*Permission denied/);
    chmodSync(local.folder, 0o755);
    chmodSync(path.join(local.folder, 'builder'), 0o644);
    const invited = local.pipe({ uid: 65534 });
    expect(await invited.exit).toBe(1);
    expect(await invited.stderr).toBe(
      `nix-remote-build: only root and the user whose job it is may use the connection to the builder, at ${local.tunnel.socketPath}\n`,
    );
    expect(local.tunnel.bytesReceived).toBe(0);
  });

  it('is for programs with pipes', async () => {
    await using local = await open(program('echo'));
    const launcher = path.join(local.folder, 'builder');
    const { status, stderr } = spawnSync('/bin/sh', [launcher], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(status).toBe(1);
    expect(stderr.toString()).toBe(
      'nix-remote-build: Nix starts this, with pipes for its input and output\n',
    );
  });
});

/** sshd's processes for the connection of a tunnel, which one client has opened. */
async function sessionsOf(local: LocalTunnel): Promise<readonly number[]> {
  const first = local.pipe();
  first.say('', 'end');
  await first.exit;
  await waitUntil(() => local.tunnel.channels === 0, 'the end of the first client');
  await delay(100);
  return sshd.sessions();
}

describe('what is said', () => {
  it.each([
    ['from a program', () => program('echo')],
    ['from a socket', () => daemon.service],
  ])('arrives as it was, both ways at once, to its end: %s', async (_name, service) => {
    daemon.handle = (socket) => void socket.pipe(socket);
    await using local = await open(service());
    const sent = randomBytes(64 * MEBIBYTE);
    const pipe = local.pipe();
    pipe.child.stdin.end(sent);
    const heard = await within(20_000, 'the echo', buffer(pipe.child.stdout));
    expect(hash(heard)).toBe(hash(sent));
    expect(await within(20_000, 'the end', pipe.exit)).toBe(0);
    await waitUntil(() => local.tunnel.channels === 0, 'the end of the channel');
  });

  it('does not pile up while nobody listens', async () => {
    await using local = await open(program('endless'));
    const pipe = local.pipe();
    await once(pipe.child.stdout, 'readable');
    await delay(1000);
    const { bytesReceived } = local.tunnel;
    await delay(500);
    expect(local.tunnel.bytesReceived).toBe(bytesReceived);
    expect(bytesReceived).toBeLessThan(16 * MEBIBYTE);
  });

  it('is answered after its end', async () => {
    await using local = await open(program('sum'));
    const sent = randomBytes(MEBIBYTE);
    const pipe = local.pipe();
    pipe.child.stdin.end(sent);
    expect(await pipe.hearAll()).toBe(`${hash(sent)}\n`);
    expect(await pipe.exit).toBe(0);
  });

  it('reaches standard error too, in the order in which it came', async () => {
    await using local = await open(program('chatty'));
    const pipe = local.pipe();
    pipe.say('one\n');
    expect(await pipe.hear()).toBe('got one\n');
    pipe.say('two\n');
    expect(await pipe.hearAll()).toBe('bye\n');
    expect(await pipe.stderr).toBe('early\nlate\n');
  });
});

/** Resolves when the other side of a socket is not only ended but closed: as Nix's daemon sees it, which polls for a hang-up. */
function hungUp(socket: Socket): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const poll = setInterval(() => socket.write(''), 20);
  socket.resume().on('close', () => {
    clearInterval(poll);
    resolve(undefined);
  });
  return promise;
}

describe('a client that is gone', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('by %s takes its channel with it', async (signal) => {
    const ended = Promise.withResolvers<undefined>();
    daemon.handle = (socket) => {
      socket.write('hello');
      void hungUp(socket).then(ended.resolve);
    };
    await using local = await open(daemon.service);
    const pipe = local.pipe();
    await pipe.hear();
    pipe.child.kill(signal);
    // Sooner than of one that has only ended its side: there is nothing to guess.
    await within(1400, 'the end of the channel', ended.promise);
    await waitUntil(() => local.tunnel.clients === 0, 'the end of the client');
  });

  it('and leaves the pipe behind is taken for gone when the remote is silent', async () => {
    const ended = Promise.withResolvers<undefined>();
    daemon.handle = (socket) => {
      socket.write('hello');
      socket.on('end', () => setTimeout(() => socket.write('more'), 600));
      void hungUp(socket).then(ended.resolve);
    };
    await using local = await open(daemon.service);
    const pipe = local.pipe();
    await pipe.hear();
    const began = performance.now();
    pipe.say('', 'end');
    expect(await pipe.hear()).toBe('more');
    await within(20_000, 'the end of the channel', ended.promise);
    expect(performance.now() - began).toBeGreaterThan(1500);
    expect(await pipe.exit).toBe(0);
  });

  it('before it has a channel is waited for no more', async () => {
    await using server = await startSshd('MaxSessions 1');
    await using local = await open(program('echo', server), server);
    const one = local.pipe();
    one.say('one');
    await one.hear();
    const two = local.pipe();
    two.say('two');
    await waitUntil(() => local.tunnel.clients === 2, 'the second client');
    two.child.kill('SIGKILL');
    await waitUntil(() => local.tunnel.clients === 1, 'the end of the second client');
    one.say('still');
    expect(await one.hear()).toBe('still');
  });
});

describe('more clients than the server allows', () => {
  it('wait until one ends', { timeout: 30_000 }, async () => {
    await using local = await open(program('echo'));
    const pipes = Array.from({ length: 20 }, () => local.pipe());
    let most = 0;
    const served = pipes.map(async (pipe, index) => {
      pipe.say(`client ${index}`);
      const heard = await pipe.hear();
      most = Math.max(most, local.tunnel.channels);
      await delay(50);
      pipe.say('', 'end');
      return { heard, code: await pipe.exit };
    });
    const all = await within(20_000, 'all answers', Promise.all(served));
    expect(all).toEqual(pipes.map((_, index) => ({ heard: `client ${index}`, code: 0 })));
    expect(most).toBe(10);
    expect(local.notices).toEqual([]);
    expect(local.connections).toBe(1);
  });

  it('take the place of one that ends, though others stay', async () => {
    await using server = await startSshd('MaxSessions 2');
    await using local = await open(program('echo', server), server);
    // One after the other: who comes first is who gets a channel.
    const stays = local.pipe();
    stays.say('one');
    await stays.hear();
    const ends = local.pipe();
    ends.say('two');
    await ends.hear();
    const waits = local.pipe();
    waits.say('three');
    await delay(300);
    expect(local.tunnel).toMatchObject({ clients: 3, channels: 2 });
    ends.say('', 'end');
    expect(await within(20_000, 'its turn', waits.hear())).toBe('three');
    stays.say('still');
    expect(await stays.hear()).toBe('still');
  });

  it('do not wait where the daemon has a socket, which sshd does not count', async () => {
    daemon.handle = (socket) => void socket.pipe(socket);
    await using local = await open(daemon.service);
    const pipes = Array.from({ length: 20 }, () => local.pipe());
    for (const pipe of pipes) pipe.say('hello');
    await Promise.all(pipes.map((pipe) => pipe.hear()));
    expect(local.tunnel.channels).toBe(20);
  });
});

describe('a channel kept for the next client', () => {
  /** Each client hears how many connections the daemon had before it got this one. */
  function numbered(sockets: Socket[]): (socket: Socket) => void {
    return (socket) => {
      const before = sockets.push(socket) - 1;
      socket.on('data', () => socket.write(`${before}`)).on('end', () => socket.end());
    };
  }

  async function ask(local: LocalTunnel): Promise<string> {
    const pipe = local.pipe();
    pipe.say('?');
    const heard = await pipe.hear();
    pipe.say('', 'end');
    await pipe.exit;
    return heard;
  }

  it('is there where the daemon has a socket', async () => {
    const sockets: Socket[] = [];
    daemon.handle = numbered(sockets);
    await using local = await open(daemon.service);
    expect(await ask(local)).toBe('0');
    await waitUntil(() => sockets.length === 2, 'the spare channel');
    expect(local.tunnel.channels).toBe(0);
    expect(await ask(local)).toBe('1');
    await waitUntil(() => sockets.length === 3, 'the next spare channel');
    await local.tunnel.close();
    await waitUntil(() => sockets.every(({ destroyed }) => destroyed), 'the end of all channels');
  });

  it('is not used when the daemon has closed it', async () => {
    const sockets: Socket[] = [];
    daemon.handle = numbered(sockets);
    await using local = await open(daemon.service);
    await ask(local);
    await waitUntil(() => sockets.length === 2, 'the spare channel');
    sockets[1]?.destroy();
    await delay(200);
    expect(await ask(local)).toBe('2');
  });
});

describe('who cannot be served hears why', () => {
  it.each([
    [
      'the program is not there',
      'missing',
      /^the builder: nix-daemon could not be started: .*missing/,
    ],
    ['the program ends at once', 'dying', /greeted: error: no such store$/],
  ] as const)('where %s', async (_name, name, reason) => {
    await using local = await open(program(name));
    const pipe = local.pipe();
    expect(await pipe.exit).toBe(1);
    expect(local.notices).toEqual([expect.stringMatching(reason)]);
    expect(await pipe.stderr).toBe(`nix-remote-build: ${local.notices[0] ?? ''}\n`);
  });

  it('where the server allows no channel at all', async () => {
    await using server = await startSshd('MaxSessions 0');
    await using local = await open(program('echo', server), server);
    const pipe = local.pipe();
    expect(await pipe.exit).toBe(1);
    expect(await pipe.stderr).toMatch(/^nix-remote-build: .+ refused the command .+\n$/);
  });

  it('where nobody is let in', async () => {
    await using server = await Sshd.start({ authorizedKeys: [makeKeyPair().authorizedKey] });
    await using local = await open(program('echo'), server);
    const pipe = local.pipe();
    expect(await pipe.exit).toBe(1);
    expect(await pipe.stderr).toMatch(/^nix-remote-build: 127\.0\.0\.1 does not let .+ in: /);
  });

  it('where the tunnel is closed', async () => {
    await using local = await open(program('echo'));
    const { socketPath } = local.tunnel;
    cpSync(path.join(local.folder, 'builder'), path.join(local.folder, 'kept'));
    await local.tunnel.close();
    cpSync(path.join(local.folder, 'kept'), path.join(local.folder, 'builder'));
    const pipe = local.pipe();
    expect(await pipe.exit).toBe(1);
    expect(await pipe.stderr).toBe(
      `nix-remote-build: this job holds no connection to the builder any more: nobody listens at ${socketPath}\n`,
    );
  });
});

describe('a lost connection', () => {
  it('ends its clients at once, and the next gets another', async () => {
    await using server = await startSshd();
    await using local = await open(program('echo', server), server);
    const pipes = [local.pipe(), local.pipe()];
    for (const pipe of pipes) pipe.say('here');
    await Promise.all(pipes.map((pipe) => pipe.hear()));
    server.signalSessions('SIGKILL');
    await within(20_000, 'their ends', Promise.all(pipes.map(({ exit }) => exit)));
    const next = local.pipe();
    next.say('there', 'end');
    expect(await next.hearAll()).toBe('there');
    expect(await next.exit).toBe(0);
    expect(local.connections).toBe(2);
  });

  it('under a client that waits for a channel is not its end', async () => {
    await using server = await startSshd('MaxSessions 1');
    await using local = await open(program('echo', server), server);
    const one = local.pipe();
    one.say('one');
    await one.hear();
    const two = local.pipe();
    two.say('two', 'end');
    await waitUntil(() => local.tunnel.clients === 2, 'the second client');
    await delay(200);
    server.signalSessions('SIGKILL');
    expect(await within(20_000, 'the echo', two.hearAll())).toBe('two');
  });
});

/**
 * `pipe SOCKET NAME` is what Nix runs in place of `ssh`: it joins its standard input and output to a tunnel, byte for byte, both ends
 * included. The name is the remote's, for people. Nix adds arguments for the program that it believes to start (`--stdio`); the tunnel knows them already.
 *
 * Each of Nix's connections waits for this program to start, so that it imports next to nothing. After a transfer it ends by
 * having nothing left to do: in process.exit() Node 24.21.0 hangs now and then.
 */
import { writeSync } from 'node:fs';
import { connect, Socket, type SocketConstructorOpts } from 'node:net';
import { FrameReader, STDERR, STDOUT } from './tunnel/frames.ts';
import { parseGreeting } from './tunnel/greeting.ts';
import { forward, relay } from './tunnel/relay.ts';

const STDIN = 0;

const [socketPath = '', name = ''] = process.argv.slice(2);
const input = standardPipe({ fd: STDIN, readable: true, writable: false });
const output = standardPipe({ fd: STDOUT, readable: false, writable: true });
const tunnel = connect({ path: socketPath, allowHalfOpen: true });

let heard = Buffer.alloc(0);
let isGreeted = false;
/** Whether standard error waits until it is read. */
let waits = true;
tunnel.on('data', listen);
tunnel.on('end', () =>
  isGreeted ? leave() : fail(`nobody answers for ${name} any more, at ${socketPath}`),
);
tunnel.on('error', (error: NodeJS.ErrnoException) => fail(whatHappened(error)));
// Nix is gone, or has heard enough.
input.on('error', () => leave());
output.on('error', () => leave());
relay(input, tunnel);

/** process.stdin and process.stdout take longer to make, and the latter waits while it writes. */
function standardPipe(options: SocketConstructorOpts): Socket {
  try {
    return new Socket(options);
  } catch {
    process.stderr.write(
      'nix-remote-build: Nix starts this, with pipes for its input and output\n',
    );
    process.exit(1);
  }
}

/** Until the tunnel has greeted; from then on what it says is for Nix. */
function listen(chunk: Buffer): void {
  heard = Buffer.concat([heard, chunk]);
  const greeting = parseGreeting(heard);
  if (greeting === undefined) return;
  isGreeted = true;
  tunnel.off('data', listen);
  if (greeting.kind === 'refusal') {
    fail(greeting.reason);
    return;
  }
  const send = greeting.kind === 'bytes' ? print : readFrames();
  send(greeting.rest);
  forward(tunnel, output, send);
}

function print(bytes: Buffer): void {
  output.write(bytes);
}

function readFrames(): (chunk: Buffer) => void {
  const reader = new FrameReader((descriptor, bytes) => {
    if (descriptor === STDERR) tell(bytes);
    else print(bytes);
  });
  return (chunk) => reader.push(chunk);
}

/**
 * Waits until all is taken: Nix stops listening to a build's log when it has the result, which follows on the other stream. Only where
 * somebody has made the descriptor one that does not wait, the result may come first.
 */
function tell(bytes: Buffer): void {
  let rest = bytes;
  try {
    while (waits && rest.length > 0) rest = rest.subarray(writeSync(STDERR, rest));
  } catch {
    waits = false;
  }
  if (rest.length > 0) process.stderr.write(rest);
}

function fail(reason: string): void {
  process.exitCode = 1;
  process.stderr.write(`nix-remote-build: ${reason}\n`);
  leave();
}

/** What is on its way to Nix still arrives. */
function leave(): void {
  output.end();
  input.destroy();
  tunnel.destroy();
}

function whatHappened({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return `this job holds no connection to ${name} any more: nobody listens at ${socketPath}`;
  }
  if (code === 'EACCES') {
    return `only root and the user whose job it is may use the connection to ${name}, at ${socketPath}`;
  }
  return `the way to ${name} at ${socketPath} broke: ${message}`;
}

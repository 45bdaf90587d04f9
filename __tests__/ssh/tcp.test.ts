import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTcp } from '../../src/ssh/tcp.ts';

let server: Server;
let greet: (socket: Socket) => void;

beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    greet(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterEach(() => server.close());

/** Connects, and listens only when what the server does at once has long arrived. */
async function connectLate(): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  const socket = await connectTcp('127.0.0.1', port, 5000);
  await accepted;
  await delay(100);
  return socket;
}

test('what a server says first waits for who listens late', async () => {
  greet = (socket) => void socket.write('SSH-2.0-early\r\n');
  const socket = await connectLate();
  const heard = once(socket, 'data');
  socket.resume();
  expect(String((await heard)[0])).toBe('SSH-2.0-early\r\n');
  socket.destroy();
});

test('that it hangs up at once is heard by who listens late, too', async () => {
  greet = (socket) => void socket.end('too busy\r\n');
  const socket = await connectLate();
  const heard: string[] = [];
  socket.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
  const ended = once(socket, 'end');
  socket.resume();
  await ended;
  expect(heard.join('')).toBe('too busy\r\n');
  socket.destroy();
});

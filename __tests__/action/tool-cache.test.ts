import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { toolCache } from '../../src/action/tool-cache.ts';

/** What reading from a server comes to. */
async function read(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await toolCache({}).read(`http://127.0.0.1:${port}/nix.tar.xz.sha256`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const line = `${'ab'.repeat(32)}  nix.tar.xz\n`;

it('reads a text', async () => {
  expect(await read((_, response) => response.end(line))).toBe(line);
});

it('stops reading one that has no end, announced or not', async () => {
  const announced: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-length': 10_000_000 });
    response.write(line);
  };
  await expect(read(announced)).rejects.toThrow('the answer is larger than 65536 bytes');
  const endless: RequestListener = (_, response) => {
    const more = (): unknown => {
      while (!response.destroyed && response.write(line.repeat(100)));
      return response.once('drain', more);
    };
    more();
  };
  await expect(read(endless)).rejects.toThrow('the answer is larger than 65536 bytes');
});

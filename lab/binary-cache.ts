import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { SYSTEM, writeFlake, type Attributes } from './flakes.ts';
import { startNixHost, type NixHost, type NixHostOptions } from './nix-host.ts';
import { makeSigningKey } from './signing-key.ts';

const STORE = '/srv/cache';
const SECRET_KEY = '/srv/secret-key';
const FLAKE = '/srv/flake';
/** What Nix asks for: `nix-cache-info`, `<hash>.narinfo`, `nar/<hash>.nar`, `log/<drv>`. */
const SERVED = /^\/(?:[a-z]+\/)?[\w.+-]+$/;

/** A binary cache over HTTP, signed, filled by a host of its own; builders and runners get at it through `substituters`. */
export class BinaryCache implements AsyncDisposable {
  /** For `substituters`. */
  readonly url: string;
  /** For `trusted-public-keys`. */
  readonly publicKey: string;
  /** Paths asked for, in order. */
  readonly requests: string[] = [];
  /** Bytes of content sent. */
  bytesServed = 0;
  readonly #host: NixHost;
  readonly #server: Server;

  private constructor(host: NixHost, server: Server, publicKey: string) {
    this.#host = host;
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.publicKey = publicKey;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      // Who goes away while he is served is nobody's fault.
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(options: NixHostOptions = {}): Promise<BinaryCache> {
    const host = await startNixHost({ nix: 'root-owned', name: 'cache', ...options });
    const { publicKey, secretKey } = makeSigningKey('lab-cache-1');
    await host.write('/', { [SECRET_KEY]: secretKey });
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BinaryCache(host, server, publicKey);
  }

  /**
   * Builds attributes of a flake, and offers them with all they refer to.
   * @param names which; default: all
   * @returns output paths by attribute name (of the output `out`)
   */
  async publish(
    attributes: Attributes,
    names: readonly string[] = Object.keys(attributes),
  ): Promise<Readonly<Record<string, string>>> {
    await writeFlake(this.#host, FLAKE, attributes);
    const installables = names.map((name) => `${FLAKE}#${name}`);
    await this.#host.output(['nix', 'build', '--no-link', ...installables]);
    const store = `file://${STORE}?secret-key=${SECRET_KEY}&compression=none`;
    await this.#host.output(['nix', 'copy', '--to', store, ...installables]);
    return await this.#outputPaths(names);
  }

  async #outputPaths(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const list = names.map((name) => JSON.stringify(name)).join(' ');
    const apply = `all: map (name: all.\${name}.outPath) [ ${list} ]`;
    const set = `${FLAKE}#packages.${SYSTEM}`;
    const text = await this.#host.output(['nix', 'eval', '--json', set, '--apply', apply]);
    const paths = JSON.parse(text) as readonly string[];
    return Object.fromEntries(names.map((name, index) => [name, paths[index] ?? '']));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#host.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = request.url ?? '';
    this.requests.push(name);
    const file = this.#host.path(STORE + name);
    const found = SERVED.test(name) ? await stat(file).catch(() => undefined) : undefined;
    if (found?.isFile() !== true) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-length': found.size });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    this.bytesServed += found.size;
    await pipeline(createReadStream(file), response);
  }
}

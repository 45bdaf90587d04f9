import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MadeRelease } from '../../lab/index.ts';

/** How a release is served: the first part of its URL says it, so that one server has all of them at a time. */
export type Serving =
  | 'well'
  /** The `.sha256` is of something else. */
  | 'other-hash'
  | 'no-hash'
  /** What comes is its first half, and the `.sha256` is of that. */
  | 'truncated'
  /** Half of it comes, and then nothing more. */
  | 'stalled'
  /** It comes once {@link ReleaseServer.letGo} is called. */
  | 'held'
  /** No request is ever answered. */
  | 'silent';

/** A mirror of releases with one release, over HTTP. */
export class ReleaseServer implements AsyncDisposable {
  readonly release: MadeRelease;
  /** What was asked for, in order. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #content: Buffer;
  readonly #held = Promise.withResolvers<undefined>();

  private constructor(release: MadeRelease, server: Server, content: Buffer) {
    this.release = release;
    this.#server = server;
    this.#content = content;
    server.on('request', ({ url = '' }, response) => this.#answer(url, response));
  }

  static async start(release: MadeRelease): Promise<ReleaseServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ReleaseServer(release, server, await readFile(release.file));
  }

  /** For `nix-install-url`: a folder laid out like releases.nixos.org/nix. */
  base(serving: Serving): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${serving}`;
  }

  tarball(serving: Serving): string {
    const { version, fileName } = this.release;
    return `${this.base(serving)}/nix-${version}/${fileName}`;
  }

  letGo(): void {
    this.#held.resolve(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(url: string, response: ServerResponse): void {
    this.requests.push(url);
    const { version, fileName } = this.release;
    const [, serving, folder, file] = url.split('/');
    const isHash = file === `${fileName}.sha256`;
    if (serving === 'silent') return;
    if (folder !== `nix-${version}` || !(isHash || file === fileName)) {
      response.writeHead(404).end();
    } else if (isHash) {
      const hash = hashFor(serving as Serving, this.#content);
      response.writeHead(hash === undefined ? 404 : 200).end(hash);
    } else {
      this.#send(serving as Serving, response);
    }
  }

  #send(serving: Serving, response: ServerResponse): void {
    const half = firstHalf(this.#content);
    if (serving === 'truncated') response.writeHead(200).end(half);
    else if (serving === 'stalled') {
      response.writeHead(200, { 'content-length': this.#content.length }).write(half);
    } else if (serving === 'held') {
      void this.#held.promise.then(() => response.writeHead(200).end(this.#content));
    } else response.writeHead(200).end(this.#content);
  }
}

function firstHalf(content: Buffer): Buffer {
  return content.subarray(0, content.length / 2);
}

function hashFor(serving: Serving, content: Buffer): string | undefined {
  const hash = (of: string | Buffer): string => createHash('sha256').update(of).digest('hex');
  if (serving === 'no-hash') return undefined;
  if (serving === 'other-hash') return hash('other');
  return hash(serving === 'truncated' ? firstHalf(content) : content);
}

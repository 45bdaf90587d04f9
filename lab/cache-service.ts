import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import {
  appendFile,
  mkdtemp,
  open,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How the service answers from now on. */
export type CacheServiceMood =
  | { readonly kind: 'well' }
  /** Everything is answered after so long. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Takes requests and never answers. */
  | { readonly kind: 'stalled' }
  /** Downloads begin, and end in the middle of nothing: half of an entry, then silence. */
  | { readonly kind: 'stalled-downloads' }
  /** As `stalled-downloads`, but the connection is closed then. */
  | { readonly kind: 'cut-downloads' }
  /** Downloads announce so many bytes, and then never end. */
  | { readonly kind: 'huge-downloads'; readonly bytes: number }
  /** A status for everything: 500, 503, 429. */
  | { readonly kind: 'failing'; readonly status: number }
  /** As with the token of a fork's pull request. */
  | { readonly kind: 'read-only' };

/** An entry as it is stored. */
export interface StoredEntry {
  readonly key: string;
  readonly version: string;
  readonly bytes: number;
}

interface Blob extends Omit<StoredEntry, 'bytes'> {
  readonly file: string;
  /** Blocks of Azure's that were put and not yet listed. */
  readonly blocks: Map<string, Buffer>;
  isFinal: boolean;
}

/**
 * GitHub's cache service, as `@actions/cache` 6 knows it: three calls of Twirp, and block blobs behind addresses that are good without a
 * token. One scope: no branches. `lab/cache-service.test.ts` has GitHub's own client use it.
 */
export class CacheServer implements AsyncDisposable {
  /** Of a step that is to have this cache. */
  readonly env: Readonly<Record<string, string>>;
  /** `METHOD /path`, in order, and whether they came with the job's token. */
  readonly requests: string[] = [];
  mood: CacheServiceMood = { kind: 'well' };
  readonly #server: Server;
  readonly #folder: string;
  readonly #port: number;
  readonly #blobs: Blob[] = [];

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.#folder = folder;
    this.#port = (server.address() as AddressInfo).port;
    this.env = {
      ACTIONS_CACHE_SERVICE_V2: 'true',
      ACTIONS_RESULTS_URL: `${this.#url}/`,
      ACTIONS_RUNTIME_TOKEN: 'token-of-the-job',
    };
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      // Who goes away while he is served is nobody's fault.
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<CacheServer> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'cache-service-'));
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new CacheServer(server, folder);
  }

  /** Those that are whole, oldest first. */
  async entries(): Promise<readonly StoredEntry[]> {
    const whole = this.#blobs.filter(({ isFinal }) => isFinal);
    return Promise.all(
      whole.map(async ({ key, version, file }) => ({
        key,
        version,
        bytes: (await stat(file)).size,
      })),
    );
  }

  /** An entry's bytes, as they are stored. */
  async content(key: string): Promise<Buffer> {
    return await readFile(this.#blob(key).file);
  }

  /** Puts other bytes under a key: somebody who may write to the cache, or a disk. */
  async replace(key: string, content: Uint8Array): Promise<void> {
    await writeFile(this.#blob(key).file, content);
  }

  /** An entry of somebody else's making. */
  async forge(key: string, version: string, content: Uint8Array): Promise<void> {
    const file = this.#newFile();
    await writeFile(file, content);
    this.#blobs.push({ key, version, file, blocks: new Map(), isFinal: true });
  }

  /** Turns over one bit, in the middle. */
  async damage(key: string): Promise<void> {
    const { file } = this.#blob(key);
    await using handle = await open(file, 'r+');
    const middle = Math.floor((await handle.stat()).size / 2);
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, middle);
    await handle.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, middle);
  }

  /** Takes the second half away. */
  async truncate(key: string): Promise<void> {
    const { file } = this.#blob(key);
    await truncate(file, Math.floor((await stat(file)).size / 2));
  }

  /** Ends the service: nobody listens where it was. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  #newFile(): string {
    return path.join(this.#folder, `blob-${this.#blobs.length}`);
  }

  #blob(key: string): Blob {
    const found = this.#blobs.find((blob) => blob.isFinal && blob.key === key);
    if (!found) throw new Error(`the cache has no entry ${key}`);
    return found;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.#url);
    this.requests.push(`${request.method ?? ''} ${url.pathname}`);
    const { mood } = this;
    if (mood.kind === 'stalled') return;
    if (mood.kind === 'slow') await sleep(mood.delayMs);
    if (mood.kind === 'failing') {
      response.writeHead(mood.status).end(JSON.stringify({ code: 'unavailable', msg: 'not now' }));
      return;
    }
    if (url.pathname.startsWith('/twirp/')) await this.#answer(request, response, url);
    else if (request.method === 'PUT') await this.#put(request, response, url);
    else await this.#get(response, url);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const question = JSON.parse(await text(request)) as Question;
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${this.env['ACTIONS_RUNTIME_TOKEN'] ?? ''}`) {
      reply(401, { code: 'unauthenticated', msg: 'who are you?' });
      return;
    }
    switch (url.pathname.replace(/.*\//, '')) {
      case 'GetCacheEntryDownloadURL': {
        const found = this.#match(question);
        const there = found && {
          signed_download_url: this.#address(found),
          matched_key: found.key,
        };
        reply(200, { ok: there !== undefined, ...there });
        return;
      }
      case 'CreateCacheEntry':
        this.#create(question, reply);
        return;
      case 'FinalizeCacheEntryUpload': {
        const blob = this.#blobs.find((each) => isSame(each, question));
        if (blob) blob.isFinal = true;
        reply(200, { ok: blob !== undefined, entry_id: '1' });
        return;
      }
      default:
        reply(404, { code: 'bad_route', msg: url.pathname });
    }
  }

  #create(question: Question, reply: (status: number, body: object) => void): void {
    if (this.mood.kind === 'read-only') {
      reply(200, { ok: false, message: 'cache write denied: the token is read-only' });
      return;
    }
    if (this.#blobs.some((blob) => isSame(blob, question))) {
      reply(409, { code: 'already_exists', msg: 'cache entry with the same key already exists' });
      return;
    }
    const { key, version } = question;
    const blob = { key, version, file: this.#newFile(), blocks: new Map(), isFinal: false };
    this.#blobs.push(blob);
    reply(200, { ok: true, signed_upload_url: this.#address(blob) });
  }

  /** The very key, else the newest that begins with it, else the newest that begins with one of the others, in their order. */
  #match({ key, restore_keys: others = [], version }: Question): Blob | undefined {
    const known = this.#blobs.filter((blob) => blob.isFinal && blob.version === version);
    const newest = (prefix: string) => known.findLast((blob) => blob.key.startsWith(prefix));
    const exact = known.find((blob) => blob.key === key);
    return exact ?? [key, ...others].map(newest).find((blob) => blob !== undefined);
  }

  #address(blob: Blob): string {
    return `${this.#url}/blob/${this.#blobs.indexOf(blob)}?sig=secret`;
  }

  async #put(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const blob = this.#blobs[Number(url.pathname.replace(/.*\//, ''))];
    if (!blob || request.headers['x-ms-version'] === undefined) {
      response.writeHead(400).end();
      return;
    }
    const what = url.searchParams.get('comp');
    if (what === 'block') {
      const content = await buffer(request);
      blob.blocks.set(url.searchParams.get('blockid') ?? '', content);
    } else if (what === 'blocklist') {
      const list = (await text(request)).matchAll(/<Latest>(.*?)<\/Latest>/g);
      await writeFile(blob.file, '');
      for (const [, id = ''] of list) {
        await appendFile(blob.file, blob.blocks.get(id) ?? Buffer.alloc(0));
      }
      blob.blocks.clear();
    } else await pipeline(request, createWriteStream(blob.file));
    response.writeHead(201, { 'x-ms-request-id': '1', etag: '"1"' }).end();
  }

  async #get(response: ServerResponse, url: URL): Promise<void> {
    const blob = this.#blobs[Number(url.pathname.replace(/.*\//, ''))];
    if (!blob) {
      response.writeHead(404).end();
      return;
    }
    if (this.mood.kind === 'huge-downloads') {
      response.writeHead(200, { 'content-length': this.mood.bytes });
      response.write(await readFile(blob.file));
      return;
    }
    const { size } = await stat(blob.file);
    response.writeHead(200, { 'content-length': size });
    const { kind } = this.mood;
    if (kind !== 'stalled-downloads' && kind !== 'cut-downloads') {
      await pipeline(createReadStream(blob.file), response);
      return;
    }
    const half = createReadStream(blob.file, { end: Math.floor(size / 2) });
    await pipeline(half, response, { end: false });
    if (kind === 'cut-downloads') response.destroy();
  }
}

interface Question {
  readonly key: string;
  readonly version: string;
  readonly restore_keys?: readonly string[];
}

function isSame(blob: Blob, { key, version }: Question): boolean {
  return blob.key === key && blob.version === version;
}

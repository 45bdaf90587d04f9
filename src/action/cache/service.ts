import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { record, string } from '../../domain/json.ts';
import { printable } from '../../domain/text.ts';
import { atMost } from '../at-most.ts';
import type { Deadline } from './deadline.ts';
import { HttpClient, noted, type HttpRequest } from './http.ts';

/*
 * GitHub's cache service, as its own client (@actions/cache 6) speaks to it: three calls of Twirp with JSON, and a blob of Azure's behind
 * a signed address.
 *
 * That client itself is not used: it unpacks what it downloads, with `tar -P`, before anybody can look at it. So who may write to the
 * cache could write any file of the runner's user, and no seal would help. Nor does it end when it is told to.
 */
const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/';

/** Entries of another version are not found. With that client it says what is in the archive, and how it is packed. */
const VERSION = createHash('sha256').update('nix-remote-build sealed 1').digest('hex');

/** Bytes that are sent in one request. A blob may have 50,000 such blocks. */
const BLOCK = 32 * 1024 * 1024;

/** Blocks under way at a time. */
const PARALLEL_BLOCKS = 4;

/** An entry that the service has. */
export interface Entry {
  readonly key: string;
  readonly url: URL;
}

/** What became of an entry that was to be saved. */
export type Saved =
  | 'saved'
  /** Somebody saved that key before, or is at it. */
  | 'there'
  /** This job may not write. */
  | 'read-only';

/** The cache service of the GitHub that runs the job. Everything rejects where it does not answer as it should. */
export class CacheService {
  readonly canRead: boolean;
  readonly canWrite: boolean;
  readonly #http: HttpClient;
  readonly #base: string;
  readonly #token: string;

  private constructor(base: string, token: string, mode: string, env: NodeJS.ProcessEnv) {
    this.#base = base;
    this.#token = token;
    // Words that nobody knows yet allow everything, as with GitHub's client.
    this.canRead = !['none', 'write-only'].includes(mode);
    this.canWrite = !['none', 'read'].includes(mode);
    this.#http = new HttpClient(env);
  }

  /** @returns undefined where the job has none: outside of GitHub, and on an Enterprise Server, whose service is an older one */
  static of(env: NodeJS.ProcessEnv): CacheService | undefined {
    const base = env['ACTIONS_RESULTS_URL'] ?? '';
    const token = env['ACTIONS_RUNTIME_TOKEN'] ?? '';
    const hasService = (env['ACTIONS_CACHE_SERVICE_V2'] ?? '') !== '' && !isEnterpriseServer(env);
    if (!hasService || token === '' || !URL.canParse(base)) return undefined;
    const mode = (env['ACTIONS_CACHE_MODE'] ?? '').trim().toLowerCase();
    return new CacheService(base, token, mode, env);
  }

  /** The entry of that key, else the newest whose key begins with `prefix`. */
  async find(
    key: string,
    prefix: string | undefined,
    deadline: Deadline,
  ): Promise<Entry | undefined> {
    const restoreKeys = prefix === undefined ? [] : [prefix];
    const question = { key, restore_keys: restoreKeys, version: VERSION };
    const { status, reply } = await this.#call('GetCacheEntryDownloadURL', question, deadline);
    if (status === 404 || words(reply).includes('cache read denied')) return undefined;
    if (status === 200 && reply['ok'] !== true) return undefined;
    requireGood(status, reply);
    return {
      key: string(reply['matched_key'], 'matched_key'),
      url: new URL(string(reply['signed_download_url'], 'signed_download_url')),
    };
  }

  /**
   * An entry's bytes, as they come. Rejects when they are fewer than were announced.
   * @throws TooLarge
   */
  async *download({ url }: Entry, deadline: Deadline, mostBytes: number): AsyncGenerator<Buffer> {
    const response = await this.#http.send({ method: 'GET', url }, deadline);
    if (response.statusCode !== 200) {
      response.resume();
      throw new Error(`the download was answered with ${response.statusCode ?? 0}`);
    }
    yield* noted(atMost(response, mostBytes), deadline);
    if (!response.complete) throw new Error('the download ended too early');
  }

  async save(key: string, file: string, deadline: Deadline): Promise<Saved> {
    const entry = { key, version: VERSION };
    const { status, reply } = await this.#call('CreateCacheEntry', entry, deadline);
    const message = words(reply);
    if (status === 403 || message.includes('cache write denied')) return 'read-only';
    if (status === 409 || (status === 200 && reply['ok'] !== true)) return 'there';
    requireGood(status, reply);
    const url = new URL(string(reply['signed_upload_url'], 'signed_upload_url'));
    const { size } = await stat(file);
    await this.#upload(url, file, size, deadline);
    const done = { ...entry, size_bytes: String(size) };
    const end = await this.#call('FinalizeCacheEntryUpload', done, deadline);
    if (end.reply['ok'] !== true) requireGood(end.status === 200 ? 0 : end.status, end.reply);
    return 'saved';
  }

  close(): void {
    this.#http.close();
  }

  async #call(
    method: string,
    question: object,
    deadline: Deadline,
  ): Promise<{ readonly status: number; readonly reply: Readonly<Record<string, unknown>> }> {
    const body = Buffer.from(JSON.stringify(question));
    const headers = {
      authorization: `Bearer ${this.#token}`,
      'content-type': 'application/json',
      'content-length': body.length,
      'user-agent': 'nix-remote-build',
    };
    const url = new URL(SERVICE + method, this.#base);
    const request: HttpRequest = { method: 'POST', url, headers, body: [body] };
    const { status, text } = await this.#http.text(request, deadline);
    return { status, reply: status === 200 ? record(JSON.parse(text), method) : { msg: text } };
  }

  /** Azure's Put Blob, or for what is large Put Block and Put Block List. */
  async #upload(url: URL, file: string, size: number, deadline: Deadline): Promise<void> {
    if (size <= BLOCK) {
      await this.#put(url, { file, start: 0, size }, deadline, { 'x-ms-blob-type': 'BlockBlob' });
      return;
    }
    const starts = Array.from({ length: Math.ceil(size / BLOCK) }, (_, index) => index * BLOCK);
    const blocks = starts.map((start) => ({
      id: Buffer.from(String(start).padStart(16, '0')).toString('base64'),
      part: { file, start, size: Math.min(BLOCK, size - start) },
    }));
    const left = blocks[Symbol.iterator]();
    const putNext = async (): Promise<void> => {
      for (const { id, part } of left) {
        await this.#put(withQuery(url, { comp: 'block', blockid: id }), part, deadline);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_BLOCKS }, putNext));
    const list = blocks.map(({ id }) => `<Latest>${id}</Latest>`).join('');
    const body = Buffer.from(
      `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`,
    );
    await this.#put(withQuery(url, { comp: 'blocklist' }), body, deadline);
  }

  async #put(
    url: URL,
    content: Buffer | Part,
    deadline: Deadline,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const length = Buffer.isBuffer(content) ? content.length : content.size;
    const headers = { 'content-length': length, 'x-ms-version': '2020-04-08', ...extra };
    const body = Buffer.isBuffer(content) ? [content] : bytesOf(content);
    const { status, text } = await this.#http.text({ method: 'PUT', url, headers, body }, deadline);
    if (status !== 201) throw refusal(status, text);
  }
}

/** The runner may say there what it says everywhere. */
function isEnterpriseServer(env: NodeJS.ProcessEnv): boolean {
  const server = env['GITHUB_SERVER_URL'] ?? '';
  return URL.canParse(server) && !/^(?:.+\.ghe\.com|github\.com)$/.test(new URL(server).hostname);
}

/** Bytes of a file. */
interface Part {
  readonly file: string;
  readonly start: number;
  readonly size: number;
}

function bytesOf({ file, start, size }: Part): AsyncIterable<Uint8Array> {
  return createReadStream(file, { start, end: start + size - 1 }) as AsyncIterable<Buffer>;
}

function withQuery(url: URL, query: Readonly<Record<string, string>>): URL {
  const all = new URL(url);
  for (const [name, value] of Object.entries(query)) all.searchParams.set(name, value);
  return all;
}

function requireGood(status: number, reply: Readonly<Record<string, unknown>>): void {
  if (status !== 200) throw refusal(status, words(reply));
}

function refusal(status: number, text: string): Error {
  return new Error(`the cache service answered with ${status}: ${printable(text, 200)}`);
}

/** What a reply says, for people. */
function words(reply: Readonly<Record<string, unknown>>): string {
  const said = reply['message'] ?? reply['msg'];
  return typeof said === 'string' ? said : '';
}

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { Deadline } from './deadline.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers?: http.OutgoingHttpHeaders;
  /** Its length is in the headers. */
  readonly body?: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | undefined;
}

/** Bytes of an answer that is read as a whole. */
const LONGEST_TEXT = 1_000_000;

/**
 * HTTP as far as the cache takes it; in contrast to `fetch` by way of the proxies that the environment names, as GitHub's runner has
 * them. Every request ends with its deadline.
 */
export class HttpClient {
  readonly #agents: Readonly<Record<string, http.Agent>>;

  constructor(env: NodeJS.ProcessEnv) {
    // A connection that was used before may have been closed just now, and a body cannot be sent twice.
    const options = { keepAlive: false, proxyEnv: env };
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  }

  /** @returns the answer, its content unread */
  async send(
    { method, url, headers = {}, body }: HttpRequest,
    deadline: Deadline,
  ): Promise<http.IncomingMessage> {
    const { request } = url.protocol === 'https:' ? https : http;
    const agent = this.#agents[url.protocol];
    const { signal } = deadline;
    signal.throwIfAborted();
    const sent = request(url, { method, headers, signal, ...(agent && { agent }) });
    sent.on('error', () => undefined); // what comes after the answer is seen by who reads that
    const answered = once(sent, 'response') as Promise<[http.IncomingMessage]>;
    // A server may answer, and hang up, before it was sent everything.
    if (body) pipeline(noted(body, deadline), sent).catch(() => undefined);
    else sent.end();
    try {
      const [response] = await answered;
      deadline.heard();
      response.on('error', () => undefined);
      return response;
    } catch (error) {
      signal.throwIfAborted(); // says why
      throw error;
    }
  }

  /** @returns the status and the whole of the answer */
  async text(
    request: HttpRequest,
    deadline: Deadline,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const response = await this.send(request, deadline);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of noted(response as AsyncIterable<Buffer>, deadline)) {
      size += chunk.length;
      if (size > LONGEST_TEXT) throw new Error('the answer is too long');
      chunks.push(chunk);
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

/** The same, each piece of it a sign of life. */
export async function* noted<T>(
  source: AsyncIterable<T> | Iterable<T>,
  deadline: Deadline,
): AsyncGenerator<T> {
  try {
    for await (const chunk of source) {
      deadline.heard();
      yield chunk;
    }
  } catch (error) {
    deadline.signal.throwIfAborted();
    throw error;
  }
}

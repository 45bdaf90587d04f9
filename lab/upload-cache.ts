import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from './wait.ts';

const START_LIMIT_MS = 30_000;

/** A binary cache that accepts uploads by HTTP: nginx with its WebDAV module, in a folder of its own. Hosts reach it at {@link url}. */
export class UploadCache implements AsyncDisposable {
  readonly url: string;
  /** What was uploaded. */
  readonly root: string;
  readonly #folder: string;
  readonly #nginx: ChildProcess;

  private constructor(folder: string, port: number, nginx: ChildProcess) {
    this.url = `http://127.0.0.1:${port}`;
    this.root = path.join(folder, 'root');
    this.#folder = folder;
    this.#nginx = nginx;
  }

  static async start(): Promise<UploadCache> {
    const folder = await mkdtemp(path.join(tmpdir(), 'upload-cache-'));
    await mkdir(path.join(folder, 'root'));
    const port = await freePort();
    await writeFile(path.join(folder, 'nginx.conf'), configuration(folder, port));
    const args = ['-p', folder, '-c', path.join(folder, 'nginx.conf')];
    // Ends with whoever started it, however that ends.
    const nginx = spawn('setpriv', ['--pdeathsig', 'TERM', 'nginx', ...args], { stdio: 'ignore' });
    const cache = new UploadCache(folder, port, nginx);
    const answers = (): Promise<boolean> =>
      fetch(cache.url).then(
        () => true,
        () => false,
      );
    await until(START_LIMIT_MS, 'start of nginx', answers);
    return cache;
  }

  /** Requests so far: method, path and status. */
  async requests(): Promise<readonly string[]> {
    const text = await readFile(path.join(this.#folder, 'access.log'), 'utf8');
    return text.split('\n').filter(Boolean);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#nginx.exitCode === null) {
      const ended = once(this.#nginx, 'exit');
      this.#nginx.kill('SIGTERM');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function configuration(folder: string, port: number): string {
  return `
    daemon off;
    user root;
    worker_processes 1;
    pid ${folder}/nginx.pid;
    error_log ${folder}/error.log;
    events { worker_connections 512; }
    http {
      log_format short '$request_method $uri $status';
      access_log ${folder}/access.log short;
      client_body_temp_path ${folder}/body;
      client_max_body_size 0;
      server {
        listen 127.0.0.1:${port};
        root ${folder}/root;
        location / { dav_methods PUT; create_full_put_path on; }
      }
    }`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

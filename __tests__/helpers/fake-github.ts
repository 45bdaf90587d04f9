import { execFile } from 'node:child_process';
import { createHash, randomInt } from 'node:crypto';
import { appendFile, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { flakeFiles, type Attributes, type NixHost } from '../../lab/index.ts';

const run = promisify(execFile);

/** Where a host finds the certificate by which it knows the server. */
const CERTIFICATE = '/etc/fake-github.pem';

interface Request {
  /** With the host, without the protocol. */
  readonly url: string;
  readonly authorization: string | undefined;
}

/**
 * Stands for `api.github.com`, or another GitHub, on hosts that are told so: TLS, what Nix asks of the API, and the tarball of one flake,
 * whatever its repository is called. A repository that is called `limited` is refused for too many anonymous requests.
 */
export class FakeGithub implements AsyncDisposable {
  /** Of Nix that is to believe its certificate. */
  readonly env = { NIX_SSL_CERT_FILE: CERTIFICATE };
  readonly requests: Request[] = [];
  readonly #server: Server;
  readonly #address: string;
  readonly #certificate: string;
  readonly #names: readonly string[];

  private constructor(
    server: Server,
    address: string,
    certificate: string,
    names: readonly string[],
  ) {
    this.#server = server;
    this.#address = address;
    this.#certificate = certificate;
    this.#names = names;
  }

  static async start(attributes: Attributes, names = ['api.github.com']): Promise<FakeGithub> {
    await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'fake-github-'));
    const [{ key, certificate }, tarball] = await Promise.all([
      makeCertificate(folder.path, names),
      makeTarball(folder.path, attributes),
    ]);
    const server = createServer({ key, cert: certificate });
    // Of its own, for hosts share this machine's loopback, and other tests may have such a server.
    const address = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(2, 255)}`;
    const github = new FakeGithub(server, address, certificate, names);
    server.on('request', ({ url = '', headers }, response) => {
      github.requests.push({ url: `${headers.host}${url}`, authorization: headers.authorization });
      if (url.includes('/limited/') && headers.authorization === undefined) {
        response.writeHead(403).end('{"message":"API rate limit exceeded for 192.0.2.1."}');
      } else if (url.includes('/tarball/')) response.end(tarball);
      else {
        const sha = revisionOf(url);
        response.end(JSON.stringify({ sha, commit: { tree: { sha } } }));
      }
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(443, address, resolve);
    });
    return github;
  }

  /** Has a host take it for GitHub. */
  async introduceTo(host: NixHost): Promise<void> {
    await appendFile(host.path('/etc/hosts'), `${this.#address} ${this.#names.join(' ')}\n`);
    await writeFile(host.path(CERTIFICATE), this.#certificate);
  }

  /** What proved who asked for something of a repository, each once. */
  authorizations(repository: string): readonly (string | undefined)[] {
    const asked = this.requests.filter(({ url }) => url.includes(`/${repository}/`));
    return [...new Set(asked.map(({ authorization }) => authorization))];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Of each repository one. */
function revisionOf(url: string): string {
  const [, repository = ''] = /\/repos\/([^/]+\/[^/]+)\//.exec(url) ?? [];
  return createHash('sha1').update(repository).digest('hex');
}

async function makeCertificate(
  folder: string,
  names: readonly string[],
): Promise<{ readonly key: string; readonly certificate: string }> {
  const files = { key: `${folder}/key.pem`, certificate: `${folder}/certificate.pem` };
  const alternatives = names.map((name) => `DNS:${name}`).join(',');
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-days', '2', '-subj', '/CN=fake-github', '-addext', `subjectAltName=${alternatives}`],
    ...['-keyout', files.key, '-out', files.certificate],
  ]);
  return {
    key: await readFile(files.key, 'utf8'),
    certificate: await readFile(files.certificate, 'utf8'),
  };
}

async function makeTarball(folder: string, attributes: Attributes): Promise<Buffer> {
  for (const [name, content] of Object.entries(await flakeFiles(attributes))) {
    const file = path.join(folder, 'project', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content, { mode: name.startsWith('bin/') ? 0o755 : 0o644 });
  }
  const archive = `${folder}/project.tar.gz`;
  await run('tar', ['--create', '--gzip', '--file', archive, '--directory', folder, 'project']);
  return await readFile(archive);
}

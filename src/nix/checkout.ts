import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { hashSpellings } from '../domain/nix-hash.ts';
import type { Position } from '../domain/position.ts';
import { workTreeOf } from './git-trust.ts';

/** Files larger than this are no Nix code that somebody wrote. */
const MAX_BYTES = 4_000_000;

/** Milliseconds that a search may take: a place in a file is worth no more. */
const SEARCH_LIMIT = 5000;

/** The files that an evaluation was made from, as the workflow checked them out. */
export class Checkout {
  readonly #folders: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  readonly #store: string;

  private constructor(folders: readonly string[], env: NodeJS.ProcessEnv, store: string) {
    this.#folders = folders;
    this.#env = env;
    this.#store = store;
  }

  /**
   * @param folders what is evaluated; the work trees that they are in belong to it
   * @param store the folder that store paths are in
   */
  static async of(
    folders: readonly string[],
    env: NodeJS.ProcessEnv,
    store = '/nix/store',
  ): Promise<Checkout> {
    const trees = await Promise.all(folders.map(workTreeOf));
    const all = [...folders, ...trees.filter((tree) => tree !== undefined)];
    return new Checkout([...new Set(all)], env, store);
  }

  /**
   * The same place in the checkout. Nix names the copy in the store that it evaluates (2.34 of a git flake the checkout itself). A file
   * there may be another flake's, so it has to be the same to the byte. What Nix says may be the flake's own text (`meta.position`).
   * @returns undefined for what is not from here
   */
  async place({ file, line, column }: Position): Promise<Position | undefined> {
    if (path.normalize(file) !== file) return undefined; // with `..` it may be anywhere
    if (this.#folders.some((folder) => isWithin(file, folder))) return { file, line, column };
    if (!isWithin(file, this.#store)) return undefined;
    const [name = '', ...rest] = file.slice(this.#store.length + 1).split('/');
    const inside = rest.join('/');
    if (inside === '') return undefined;
    const evaluated = await content(inside, async () =>
      path.join(await realpath(this.#store), name),
    );
    if (evaluated === undefined) return undefined;
    for (const folder of this.#folders) {
      if (!(await content(inside, () => realpath(folder)))?.equals(evaluated)) continue;
      return { file: path.join(folder, inside), line, column };
    }
    return undefined;
  }

  /** Where git knows a hash to be written, however it is spelled. undefined without git, too. */
  async hashPlace(sri: string): Promise<Position | undefined> {
    const patterns = hashSpellings(sri).flatMap((spelling) => ['-e', spelling]);
    const argv = ['grep', '--null', '--line-number', '--fixed-strings', '-I', ...patterns];
    for (const folder of this.#folders) {
      const [file, line] =
        (await git(folder, argv, this.#env)).split('\n', 1)[0]?.split('\0') ?? [];
      if (file && line) return { file: path.join(folder, file), line: Number(line), column: 0 };
    }
    return undefined;
  }
}

function isWithin(file: string, folder: string): boolean {
  return file.startsWith(`${folder}/`);
}

/** Of a regular file of a bearable size, that no link leads to from outside of its folder; undefined for anything else. */
async function content(inside: string, folder: () => Promise<string>): Promise<Buffer | undefined> {
  try {
    const base = await folder();
    const file = await realpath(path.join(base, inside));
    if (!isWithin(file, base)) return undefined;
    // Should a FIFO have taken its place, opening it must not wait.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await handle.stat();
    if (!found.isFile() || found.size > MAX_BYTES) return undefined;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(found.size), 0, found.size, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  }
}

/** What it says, nothing if it fails: a search without a hit does. */
async function git(cwd: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd, env, timeout: SEARCH_LIMIT, maxBuffer: MAX_BYTES };
  return await promisify(execFile)('git', ['-c', 'safe.directory=*', ...argv], options).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

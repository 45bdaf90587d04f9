import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
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

  private constructor(folders: readonly string[], env: NodeJS.ProcessEnv) {
    this.#folders = folders;
    this.#env = env;
  }

  /** @param folders what is evaluated; the work trees that they are in belong to it */
  static async of(folders: readonly string[], env: NodeJS.ProcessEnv): Promise<Checkout> {
    const trees = await Promise.all(folders.map(workTreeOf));
    const all = [...folders, ...trees.filter((tree) => tree !== undefined)];
    return new Checkout([...new Set(all)], env);
  }

  /**
   * The same place in the checkout. Nix names the copy in the store that it evaluates (2.34 of a git flake the checkout itself). A file
   * there may be another flake's, so it has to be the same to the byte.
   * @returns undefined for what is not from here
   */
  async place({ file, line, column }: Position): Promise<Position | undefined> {
    if (this.#folders.some((folder) => isWithin(file, folder))) return { file, line, column };
    const [, inside] = /^\/nix\/store\/[^/]+\/(.+)$/s.exec(file) ?? [];
    if (inside === undefined) return undefined;
    const evaluated = await content(file);
    if (evaluated === undefined) return undefined;
    for (const folder of this.#folders) {
      const candidate = path.join(folder, inside);
      if ((await content(candidate))?.equals(evaluated)) return { file: candidate, line, column };
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

async function content(file: string): Promise<Buffer | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes === undefined || bytes.length > MAX_BYTES ? undefined : bytes;
}

/** What it says, nothing if it fails: a search without a hit does. */
async function git(cwd: string, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd, env, timeout: SEARCH_LIMIT, maxBuffer: MAX_BYTES };
  return await promisify(execFile)('git', ['-c', 'safe.directory=*', ...argv], options).then(
    ({ stdout }) => stdout,
    () => '',
  );
}

import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A sealed entry that post is to save. */
export interface PutAside {
  readonly key: string;
  readonly file: string;
}

const KEY = '.key';
const SEALED = '.sealed';

/** Where main puts sealed entries for post: a folder that is made with the first of them. */
export class PutAsideFolder {
  readonly #parent: string;
  readonly #onMade: (folder: string) => void;
  #made: Promise<string> | undefined;
  #count = 0;

  /** @param onMade is told of the folder before anything is in it */
  constructor(parent: string, onMade: (folder: string) => void) {
    this.#parent = parent;
    this.#onMade = onMade;
  }

  /** @param write writes the sealed entry to a file that does not exist yet */
  async add(key: string, write: (file: string) => Promise<void>): Promise<void> {
    this.#made ??= this.#make();
    const folder = await this.#made;
    this.#count += 1;
    const name = path.join(folder, String(this.#count));
    await write(`${name}${SEALED}`);
    // With the key it counts: a main that is killed leaves no half of an entry.
    await writeFile(`${name}.new`, key, { flag: 'wx', mode: 0o600 });
    await rename(`${name}.new`, `${name}${KEY}`);
  }

  async #make(): Promise<string> {
    const folder = await mkdtemp(path.join(this.#parent, 'nix-remote-build-kept-'));
    this.#onMade(folder);
    return folder;
  }
}

/** What is in such a folder. */
export async function listPutAside(folder: string): Promise<readonly PutAside[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(KEY)).sort();
  return Promise.all(
    names.map(async (name) => ({
      key: await readFile(path.join(folder, name), 'utf8'),
      file: path.join(folder, `${name.slice(0, -KEY.length)}${SEALED}`),
    })),
  );
}

export async function removePutAside(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

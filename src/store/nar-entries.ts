import { ActionError } from '../domain/errors.ts';
import { NAR_LIMITS, NAR_MAGIC } from '../protocol/nar/nar-format.ts';

/** One node of a NAR. The root's path is empty. */
export type NarEntry = {
  /** The names that lead there. */
  readonly path: readonly Buffer[];
} & (
  | { readonly type: 'folder' }
  | { readonly type: 'symlink'; readonly target: Buffer }
  | {
      readonly type: 'file';
      readonly isExecutable: boolean;
      /** Bytes. */
      readonly size: number;
      /** What is not read of it before the next entry is asked for is passed over. */
      readonly contents: AsyncIterable<Buffer>;
    }
);

/**
 * The nodes of a NAR in its own order: a folder before what is in it, names by their bytes. Never more than a chunk in memory.
 * @throws ActionError `nar-invalid` for what is no NAR; whatever `chunks` throws
 */
export async function* narEntries(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<NarEntry, void, undefined> {
  const source = new ByteSource(chunks);
  try {
    await source.expect(NAR_MAGIC);
    yield* node(source, []);
    await source.end();
  } finally {
    await source.close();
  }
}

async function* node(
  source: ByteSource,
  path: readonly Buffer[],
): AsyncGenerator<NarEntry, void, undefined> {
  if (path.length > NAR_LIMITS.depth) throw invalid('it is too deep');
  await source.expect('(');
  await source.expect('type');
  const type = (await source.string()).toString();
  switch (type) {
    case 'regular':
      return yield* file(source, path);
    case 'symlink':
      await source.expect('target');
      yield { path, type, target: await source.string() };
      await source.expect(')');
      return;
    case 'directory':
      yield { path, type: 'folder' };
      return yield* entries(source, path);
    default:
      throw invalid(`a node of type ${JSON.stringify(type)}`);
  }
}

async function* file(
  source: ByteSource,
  path: readonly Buffer[],
): AsyncGenerator<NarEntry, void, undefined> {
  const keyword = (await source.string()).toString();
  const isExecutable = keyword === 'executable';
  if (isExecutable) {
    await source.expect('');
    await source.expect('contents');
  } else if (keyword !== 'contents') {
    throw invalid(`${JSON.stringify(keyword)} in a file`);
  }
  const size = await source.number();
  const contents = source.take(size);
  yield { path, type: 'file', isExecutable, size, contents };
  await passOver(contents); // what nobody read of it
  await source.skip((8 - (size % 8)) % 8);
  await source.expect(')');
}

async function passOver(contents: AsyncIterable<Buffer>): Promise<void> {
  const chunks = contents[Symbol.asyncIterator]();
  while ((await chunks.next()).done !== true);
}

async function* entries(
  source: ByteSource,
  path: readonly Buffer[],
): AsyncGenerator<NarEntry, void, undefined> {
  for (;;) {
    const keyword = (await source.string()).toString();
    if (keyword === ')') return;
    if (keyword !== 'entry') throw invalid(`${JSON.stringify(keyword)} in a folder`);
    await source.expect('(');
    await source.expect('name');
    const name = await source.string();
    await source.expect('node');
    yield* node(source, [...path, name]);
    await source.expect(')');
  }
}

function invalid(what: string): ActionError {
  return new ActionError('nar-invalid', `not a NAR: ${what}`);
}

/** Bytes in pieces of the reader's size. */
class ByteSource {
  readonly #chunks: AsyncIterator<Buffer, undefined>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  }

  async number(): Promise<number> {
    const value = (await this.#bytes(8)).readBigUInt64LE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid('a number that is too large');
    return Number(value);
  }

  /** @throws ActionError for one that is longer than a symlink's target may be */
  async string(): Promise<Buffer> {
    const length = await this.number();
    if (length > NAR_LIMITS.targetLength) throw invalid('a name that is too long');
    const bytes = Buffer.from(await this.#bytes(length));
    await this.skip((8 - (length % 8)) % 8);
    return bytes;
  }

  async expect(text: string): Promise<void> {
    const found = (await this.string()).toString();
    if (found !== text) throw invalid(`${JSON.stringify(found)} in place of '${text}'`);
  }

  async skip(length: number): Promise<void> {
    await this.#bytes(length);
  }

  /** The next bytes as they come. May be iterated again: what is left of them comes then. */
  take(length: number): AsyncIterable<Buffer> {
    let left = length;
    const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
      if (left === 0) return { done: true, value: undefined };
      if (this.#rest.length === 0 && !(await this.#more())) throw invalid('it ends early');
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      return { done: false, value: piece };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  /** @throws ActionError if there is more */
  async end(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#more())) throw invalid('something follows it');
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #bytes(length: number): Promise<Buffer> {
    while (this.#rest.length < length) {
      if (!(await this.#more())) throw invalid('it ends early');
    }
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    const { value } = next;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }
}

import { ActionError } from '../../domain/errors.ts';
import { type Decoding, violation, type WireReader } from '../wire-reader.ts';
import { paddedLength, WireWriter } from '../wire-writer.ts';
import { NAR_LIMITS, NAR_MAGIC } from './nar-format.ts';

/** Runs of fixed strings, as they are on the wire. */
const token = (...texts: string[]): Buffer =>
  texts.reduce((writer, text) => writer.string(text), new WireWriter()).finish();

const START = token(NAR_MAGIC, '(', 'type');
const ENTRY_NAME = token('(', 'name');
const ENTRY_NODE = token('node', '(', 'type');
const EMPTY = token('');
const CONTENTS = token('contents');
const TARGET = token('target');
const CLOSE = token(')');

/** The longest fixed string where one of several may stand. */
const KEYWORD_LIMIT = 16;

/**
 * Reads one NAR to its end, which nothing but its structure tells (NarFromPath sends neither length nor frames). Accepts what Nix
 * writes and nothing else: names in order and free of `/`, NUL, `.` and `..`, padding of zeros, depth and size within bounds.
 * @param size bytes the NAR is said to have; exceeding it is an error as soon as it is known.
 * @throws ActionError `nar-invalid`, which says where in the NAR; the caller knows of which path.
 */
export function* readNar(reader: WireReader, size: number): Decoding<void> {
  try {
    yield* new NarReader(reader, size).archive();
  } catch (error) {
    // what the wire format forbids is a fault of the NAR here
    throw error instanceof ActionError && error.code === 'protocol-violation'
      ? new ActionError('nar-invalid', error.message)
      : error;
  }
}

/** The name last seen in each folder that is open, outermost first; `undefined`: none yet. */
type OpenFolders = (Buffer | undefined)[];

class NarReader {
  readonly #reader: WireReader;
  readonly #end: number;
  readonly #folders: OpenFolders = [];

  constructor(reader: WireReader, size: number) {
    this.#reader = reader;
    this.#end = reader.consumed + size;
  }

  /** Folders are kept on a stack of our own: a deep tree must not become a deep chain of generators. */
  *archive(): Decoding<void> {
    this.#reader.beginMessage(NAR_LIMITS.nodeBytes);
    yield* this.#expect(START);
    yield* this.#node();
    while (this.#folders.length > 0) yield* this.#entryOrEnd();
    if (this.#reader.consumed !== this.#end) {
      throw violation(`it ends ${this.#end - this.#reader.consumed} bytes before its size`);
    }
  }

  /** A node after its `( type`, up to its `)`; a folder only up to its first entry. */
  *#node(): Decoding<void> {
    const type = yield* this.#reader.string(KEYWORD_LIMIT);
    switch (type) {
      case 'regular':
        yield* this.#file();
        return yield* this.#closeNode();
      case 'symlink':
        yield* this.#expect(TARGET);
        yield* this.#reader.bytes(NAR_LIMITS.targetLength);
        return yield* this.#closeNode();
      case 'directory':
        if (this.#folders.push(undefined) > NAR_LIMITS.depth) {
          throw violation(`folders nested more than ${NAR_LIMITS.depth} deep`);
        }
        return;
      default:
        throw violation(`${JSON.stringify(type)} where the type of a file belongs`);
    }
  }

  *#file(): Decoding<void> {
    if (!this.#reader.takeIfNext(CONTENTS)) {
      const keyword = yield* this.#reader.string(KEYWORD_LIMIT);
      if (keyword === 'executable') {
        yield* this.#expect(EMPTY);
        yield* this.#expect(CONTENTS);
      } else if (keyword !== 'contents') {
        throw violation(`${JSON.stringify(keyword)} where the contents of a file belong`);
      }
    }
    const length = yield* this.#reader.u64();
    this.#checkSize(paddedLength(length));
    yield* this.#reader.skip(length);
    yield* this.#padding(paddedLength(length) - length);
  }

  *#padding(length: number): Decoding<void> {
    const padding = yield* this.#reader.raw(length);
    if (padding.some((byte) => byte !== 0)) throw violation('a file is not padded with zeros');
  }

  *#entryOrEnd(): Decoding<void> {
    this.#reader.beginMessage(NAR_LIMITS.nodeBytes);
    this.#checkSize(0);
    const keyword = yield* this.#reader.string(KEYWORD_LIMIT);
    if (keyword === ')') {
      this.#folders.pop();
      return yield* this.#closeEntry();
    }
    if (keyword !== 'entry') {
      throw violation(`${JSON.stringify(keyword)} where an entry of a folder belongs`);
    }
    yield* this.#expect(ENTRY_NAME);
    this.#checkName(yield* this.#reader.bytes(NAR_LIMITS.nameLength));
    yield* this.#expect(ENTRY_NODE);
    yield* this.#node();
  }

  *#closeNode(): Decoding<void> {
    yield* this.#expect(CLOSE);
    yield* this.#closeEntry();
  }

  /** A node that is not the root stands in an entry, which ends with it. */
  *#closeEntry(): Decoding<void> {
    if (this.#folders.length > 0) yield* this.#expect(CLOSE);
  }

  #checkName(name: Buffer): void {
    const text = name.toString('latin1');
    if (text === '' || text === '.' || text === '..' || /[/\0]/.test(text)) {
      throw violation(`the file name ${JSON.stringify(name.toString())}`);
    }
    const depth = this.#folders.length - 1;
    const previous = this.#folders[depth];
    if (previous && previous.compare(name) >= 0) {
      throw violation(`the file name ${JSON.stringify(name.toString())} is out of order`);
    }
    // a copy: the name may be a slice of a chunk that nobody else needs any more
    this.#folders[depth] = Buffer.from(name);
  }

  #checkSize(more: number): void {
    if (this.#reader.consumed + more > this.#end) throw violation('it is larger than its size');
  }

  *#expect(bytes: Buffer): Decoding<void> {
    if (this.#reader.takeIfNext(bytes)) return;
    const found = yield* this.#reader.raw(bytes.length);
    if (!found.equals(bytes)) {
      throw violation(`${JSON.stringify(found.toString('latin1'))} where ${words(bytes)} belongs`);
    }
  }
}

/** The strings of a token, for people. */
function words(bytes: Buffer): string {
  return JSON.stringify(
    bytes
      .toString('latin1')
      .replace(/[^ -~]+/g, ' ')
      .trim(),
  );
}

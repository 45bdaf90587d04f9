import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { open } from 'node:fs/promises';

/** What every sealed file begins with; the number is the format's. Then follow {@link VECTOR}, {@link SEAL}, and what is sealed, enciphered. */
const MAGIC = Buffer.from('nix-remote-build sealed 1\n');

/** Bytes of the cipher's initialization vector, and of the seal. */
const VECTOR = 16;
const SEAL = 32;
const HEAD = MAGIC.length + VECTOR + SEAL;

const CIPHER = 'aes-256-ctr';

/** Bytes of a sealed file that are there besides its content. */
export const SEAL_OVERHEAD = HEAD;

/** What is read is not what was sealed with this key under this name. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/**
 * Seals what leaves this machine and comes back: AES-256-CTR, then HMAC-SHA256 over name, vector and ciphertext, each with a key of its own
 * that HKDF-SHA256 derives from the private keys. So only who has those can read it, and can write what is taken for it.
 */
export class Seal {
  /** Tells seals apart, and tells nothing of the key. */
  readonly id: string;
  readonly #cipherKey: Uint8Array;
  readonly #sealKey: Uint8Array;

  /** @param secret private keys, as text that is always the same for the same keys */
  constructor(secret: string) {
    const derive = (purpose: string): Uint8Array =>
      new Uint8Array(hkdfSync('sha256', secret, '', `nix-remote-build cache 1: ${purpose}`, 32));
    this.#cipherKey = derive('cipher');
    this.#sealKey = derive('seal');
    this.id = Buffer.from(derive('id').subarray(0, 4)).toString('hex');
  }

  /** Writes content, sealed under a name, to a file that does not exist yet; as much of it at a time as comes at a time. */
  async write(
    name: string,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    file: string,
  ): Promise<void> {
    await using handle = await open(file, 'wx', 0o600);
    const vector = randomBytes(VECTOR);
    const cipher = createCipheriv(CIPHER, this.#cipherKey, vector);
    const seal = this.#sealing(name, vector);
    let position = HEAD;
    for await (const chunk of content) {
      const sealed = cipher.update(chunk);
      seal.update(sealed);
      await handle.write(sealed, 0, sealed.length, position);
      position += sealed.length;
    }
    await handle.write(Buffer.concat([MAGIC, vector, seal.digest()]), 0, HEAD, 0);
  }

  /**
   * The content of what was sealed under a name, as it comes: not to be used before the last of it is there.
   * @throws SealError at the latest in place of its end
   */
  async *read(name: string, sealed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    const source = sealed[Symbol.asyncIterator]();
    try {
      const { head, rest } = await readHead(source);
      const vector = head.subarray(MAGIC.length, MAGIC.length + VECTOR);
      const decipher = createDecipheriv(CIPHER, this.#cipherKey, vector);
      const seal = this.#sealing(name, vector);
      for (let chunk: Uint8Array | undefined = rest; chunk; chunk = await next(source)) {
        seal.update(chunk);
        yield decipher.update(chunk);
      }
      if (!timingSafeEqual(seal.digest(), head.subarray(MAGIC.length + VECTOR))) {
        throw new SealError('the seal is not of this key, name and content');
      }
    } finally {
      await source.return?.();
    }
  }

  #sealing(name: string, vector: Uint8Array): ReturnType<typeof createHmac> {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(name));
    const hmac = createHmac('sha256', this.#sealKey);
    return hmac.update(MAGIC).update(length).update(name).update(vector);
  }
}

async function readHead(
  source: AsyncIterator<Uint8Array>,
): Promise<{ readonly head: Buffer; readonly rest: Buffer }> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < HEAD) {
    const chunk = await next(source);
    if (!chunk) throw new SealError('it ends too early');
    bytes = Buffer.concat([bytes, chunk]);
  }
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new SealError('it is not sealed');
  return { head: bytes.subarray(0, HEAD), rest: bytes.subarray(HEAD) };
}

async function next(source: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const result = await source.next();
  return result.done === true ? undefined : result.value;
}

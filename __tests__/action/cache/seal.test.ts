import { mkdtempDisposable, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Seal, SEAL_OVERHEAD, SealError } from '../../../src/action/cache/seal.ts';

const seal = new Seal('a key');
const content = Buffer.from('what was evaluated');

async function sealed(by: Seal, name: string, chunks: readonly Uint8Array[]): Promise<Buffer> {
  await using folder = await mkdtempDisposable(path.join(os.tmpdir(), 'seal-'));
  const file = path.join(folder.path, 'sealed');
  await by.write(name, chunks, file);
  return await readFile(file);
}

async function opened(
  by: Seal,
  name: string,
  bytes: Buffer,
  piece = bytes.length,
): Promise<Buffer> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, index) =>
    bytes.subarray(index * piece, (index + 1) * piece),
  );
  async function* source(): AsyncGenerator<Buffer> {
    for (const each of pieces) yield await Promise.resolve(each);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of by.read(name, source())) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a seal', () => {
  it.each([1, 7, 73, 74, 75, 1000])(
    'opens what it sealed, in pieces of %d bytes',
    async (piece) => {
      const bytes = await sealed(seal, 'name', [content, content]);
      expect(bytes).toHaveLength(2 * content.length + SEAL_OVERHEAD);
      expect(await opened(seal, 'name', bytes, piece)).toEqual(Buffer.concat([content, content]));
    },
  );

  it('opens what was sealed with nothing in it', async () => {
    expect(await opened(seal, 'name', await sealed(seal, 'name', []))).toHaveLength(0);
  });

  it('shows nothing of the content, and is another each time', async () => {
    const [one, other] = [await sealed(seal, 'a', [content]), await sealed(seal, 'a', [content])];
    expect(one.includes(content)).toBe(false);
    expect(one.equals(other)).toBe(false);
  });

  it('is another for another key', async () => {
    const other = new Seal('another key');
    expect(other.id).not.toBe(seal.id);
    const bytes = await sealed(other, 'name', [content]);
    await expect(opened(seal, 'name', bytes)).rejects.toThrow(SealError);
  });

  it('is of one name', async () => {
    const bytes = await sealed(seal, 'name', [content]);
    await expect(opened(seal, 'names', bytes)).rejects.toThrow(SealError);
  });

  it('breaks with any byte of it, of its beginning as of its content', async () => {
    const bytes = await sealed(seal, 'name', [content]);
    for (let index = 0; index < bytes.length; index += 1) {
      const damaged = Buffer.from(bytes);
      damaged[index] = (damaged[index] ?? 0) ^ 1;
      await expect(opened(seal, 'name', damaged), `byte ${index}`).rejects.toThrow(SealError);
    }
  });

  it('breaks where it ends too early, or too late', async () => {
    const bytes = await sealed(seal, 'name', [content]);
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length);
      await expect(opened(seal, 'name', cut), `${length} bytes`).rejects.toThrow(SealError);
    }
    const longer = Buffer.concat([bytes, Buffer.of(0)]);
    await expect(opened(seal, 'name', longer)).rejects.toThrow(SealError);
  });
});

import { expect, test } from 'vitest';
import { readIntoTwoBuffers } from '../../src/ssh/read-buffers.ts';

function read(): { chunks: Buffer[]; arrive: (size: number, value: number) => void } {
  const chunks: Buffer[] = [];
  const reading = readIntoTwoBuffers((chunk) => chunks.push(chunk));
  const arrive = (size: number, value: number): void => {
    const memory = typeof reading.buffer === 'function' ? reading.buffer() : reading.buffer;
    memory.fill(value, 0, size);
    reading.callback(size, memory);
  };
  return { chunks, arrive };
}

test('a long chunk holds while the next long one, and any number of short ones, are read', () => {
  const { chunks, arrive } = read();
  arrive(100_000, 1);
  arrive(10, 2);
  arrive(20, 3);
  arrive(100_000, 4);
  expect(chunks.map((chunk) => chunk.length)).toEqual([100_000, 10, 20, 100_000]);
  expect(chunks.map((chunk) => chunk.every((byte) => byte === chunk[0]))).not.toContain(false);
  expect(chunks.map((chunk) => chunk[0])).toEqual([1, 2, 3, 4]);
});

test('short chunks hold for ever, long ones share two buffers', () => {
  const { chunks, arrive } = read();
  arrive(10, 1);
  for (let value = 2; value < 10; value += 1) arrive(100_000, value);
  expect(chunks[0]?.[0]).toBe(1);
  expect(new Set(chunks.slice(1).map((chunk) => chunk.buffer)).size).toBe(2);
});

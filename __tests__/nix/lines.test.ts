import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/nix/lines.ts';

function linesOf(chunks: readonly Buffer[]): readonly string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it('keeps an unterminated last line, and empty lines between', () => {
    expect(linesOf([Buffer.from('a\r\n\nb')])).toEqual(['a', '', 'b']);
    expect(linesOf([Buffer.from('a\n')])).toEqual(['a']);
    expect(linesOf([])).toEqual([]);
  });

  it('does not depend on how the bytes arrive', () => {
    const text = fc.array(fc.constantFrom('a', 'é', '𝄞', '\n', '…'), { maxLength: 30 });
    const cuts = fc.array(fc.nat(100), { maxLength: 10 });
    fc.assert(
      fc.property(text, cuts, (parts, positions) => {
        const bytes = Buffer.from(parts.join(''));
        const sorted = [0, ...positions.filter((cut) => cut < bytes.length), bytes.length];
        sorted.sort((a, b) => a - b);
        const chunks = sorted.map((from, index) => bytes.subarray(from, sorted[index + 1] ?? from));
        expect(linesOf(chunks)).toEqual(linesOf([bytes]));
        expect(linesOf(chunks).join('\n')).toBe(parts.join('').replace(/\n$/, ''));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { oneLine, printable, withoutColour } from '../../src/domain/text.ts';

describe('withoutColour', () => {
  it('removes colours and links, and nothing else', () => {
    const link = '\u001b]8;;https://example.org\u001b\\text\u001b]8;;\u001b\\';
    expect(withoutColour(`\u001b[1;31ma\u001b[0m [b] ${link}`)).toBe('a [b] text');
  });

  it.each(['\u001b]8;;', '\u001b[', '\u001b[0;', '\u001b]a;', '\u001b'])(
    'takes no longer for half a million times %j, which never ends',
    (beginning) => {
      const text = beginning.repeat(500_000);
      const start = performance.now();
      withoutColour(text);
      expect(performance.now() - start).toBeLessThan(3000);
    },
  );
});

describe('text of unknown origin', () => {
  it('is one line of what can be seen', () => {
    expect(printable(' a\n::b\r\n\tc\u0007\u009b ')).toBe('a ::b c\\x07\\x9b');
    expect(oneLine('\u001b[31merror:\u001b[0m\nno\u0000')).toBe('error: no\\x00');
  });

  it('is cut', () => {
    expect(printable('abc', 2)).toBe('ab…');
    expect(oneLine('ab', 2)).toBe('ab');
  });
});

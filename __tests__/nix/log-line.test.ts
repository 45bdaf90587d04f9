import { describe, expect, it } from 'vitest';
import { parseLogLine } from '../../src/nix/log-line.ts';

// Recorded from Nix 2.8.0, 2.26.3 and 2.34.8; the sources shortened.
const THROW_2_8 = String.raw`@nix {"action":"msg","column":null,"file":null,"level":0,"line":null,"msg":"\u001b[31;1merror:\u001b[0m no way\n       second line","raw_msg":"no way\nsecond line"}`;
const MISSING_2_8 = String.raw`@nix {"action":"msg","column":15,"file":"/nix/store/x-source/flake.nix","level":0,"line":5,"msg":"…","raw_msg":"attribute '\u001b[35;1mfoo\u001b[0m' missing","trace":[{"column":5,"file":"/nix/store/x-source/flake.nix","line":5,"raw_msg":"while evaluating the attribute '\u001b[35;1mmissing.drvPath\u001b[0m'"},{"raw_msg":"from call site\u001b[35;1m\u001b[0m"}]}`;
const THROW_2_34 = String.raw`@nix {"action":"msg","column":null,"file":null,"level":0,"line":null,"msg":"…","raw_msg":"no way","trace":[{"column":75,"file":"/home/f/flake.nix:4:75","line":4,"raw_msg":"while calling the '\u001b[35;1mthrow\u001b[0m' builtin"}]}`;
const NOWHERE_2_34 = String.raw`@nix {"action":"msg","column":0,"file":"«none»:0","level":0,"line":0,"msg":"…","raw_msg":"build failed"}`;
const WARNING = String.raw`@nix {"action":"msg","column":null,"file":null,"level":1,"line":null,"msg":"\u001b[35;1mwarning:\u001b[0m unable to download","raw_msg":"unable to download"}`;

describe('parseLogLine', () => {
  it('reads errors in parts, in all versions', () => {
    expect(parseLogLine(THROW_2_8)).toEqual({
      kind: 'error',
      error: { message: 'no way\nsecond line', position: undefined, trace: [] },
    });
    const position = { file: '/nix/store/x-source/flake.nix', line: 5, column: 15 };
    expect(parseLogLine(MISSING_2_8)).toEqual({
      kind: 'error',
      error: {
        message: `attribute 'foo' missing`,
        position,
        trace: [
          {
            text: `while evaluating the attribute 'missing.drvPath'`,
            position: { ...position, column: 5 },
          },
          { text: 'from call site', position: undefined },
        ],
      },
    });
    expect(parseLogLine(THROW_2_34)).toMatchObject({
      error: { trace: [{ position: { file: '/home/f/flake.nix', line: 4, column: 75 } }] },
    });
    expect(parseLogLine(NOWHERE_2_34)).toMatchObject({ error: { position: undefined } });
  });

  it.each([
    [
      'error: stack overflow (possible infinite recursion)',
      'stack overflow (possible infinite recursion)',
    ],
    ['\u001b[31;1merror:\u001b[0m unrecognised flag', 'unrecognised flag'],
    [
      String.raw`@nix {"action":"msg","level":0,"msg":"\u001b[31;1merror:\u001b[0m out of memory"}`,
      'out of memory',
    ],
  ])('reads plain errors, as %j', (line, message) => {
    expect(parseLogLine(line)).toMatchObject({ kind: 'error', error: { message } });
  });

  it.each([
    [WARNING, 'warning: unable to download'],
    ['@nix {"action":"msg","level":0,"msg":"trace: x"}', 'trace: x'],
    ['@nix {"action":"start","id":1,"level":3,"text":"building x","type":105}', 'building x'],
    ['@nix {"action":"result","fields":["a line"],"id":1,"type":101}', 'a line'],
    ['@nix {broken', '@nix {broken'],
    ['git says', 'git says'],
  ])('%j is a message for people', (line, text) => {
    expect(parseLogLine(line)).toEqual({ kind: 'message', text });
  });

  it.each([
    '',
    '@nix {"action":"msg","level":5,"msg":"debugging"}',
    '@nix {"action":"start","id":1,"level":4,"text":"evaluating","type":0}',
    '@nix {"action":"start","id":1,"level":3,"text":"","type":0}',
    '@nix {"action":"result","fields":[1,2,3,4],"id":1,"type":105}',
    '@nix {"action":"stop","id":1}',
  ])('%j is nothing for people', (line) => {
    expect(parseLogLine(line)).toEqual({ kind: 'other' });
  });
});

import { expect, it } from 'vitest';
import { loginsIn } from '../../src/action/mask.ts';

it.each([
  ['https://user:hunter2@host/x?compression=zstd', ['user:hunter2', 'hunter2']],
  ['https://glpat-12345@host glob', ['glpat-12345']],
  ['https://user:a%2Fbcd@host', ['user:a%2Fbcd', 'user:a/bcd', 'a%2Fbcd', 'a/bcd']],
  ['https://0123456789abcdef0:x@host', ['0123456789abcdef0:x', '0123456789abcdef0']],
  ['https://a%zzz@host', ['a%zzz']],
  ['file:///x\nhttps://first:pass1@a\nhttps://pass2@b', ['first:pass1', 'pass1', 'pass2']],
  ['https://host/@user\ns3://bucket?region=x', []],
  ['ssh-ng://ci@host', []],
])('what is secret of the logins in %j', (pushTo, expected) => {
  expect(new Set(loginsIn(pushTo))).toEqual(new Set(expected));
});

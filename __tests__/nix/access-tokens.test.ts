import { expect, it } from 'vitest';
import { tokensIn } from '../../src/nix/access-tokens.ts';

it.each([
  ['nothing', 'cores = 1\n# access', []],
  ['one', 'access-tokens = github.com=abc', ['abc']],
  ['several, of GitLab too', ' extra-access-tokens = a=b c=PAT:d e=OAuth2:f=', ['b', 'd', 'f=']],
  ['one in a line that is wrong', 'access-tokens=github.com=abc', ['abc']],
])('the tokens in lines of nix.conf: %s', (_, text, tokens) => {
  expect(tokensIn(text)).toEqual(tokens);
});

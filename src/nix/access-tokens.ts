import { ActionError } from '../domain/errors.ts';

/** Where a token gives access, for flake inputs that Nix downloads. */
export interface AccessToken {
  /** `github.com`, or the host of a GitHub Enterprise Server. */
  readonly host: string;
  /** A secret. */
  readonly token: string;
}

/**
 * The value of the setting `access-tokens` with one token more. An `extra-access-tokens` would leave the token that is there for the same host.
 * @param present the value without it; the tokens for other hosts are kept
 * @throws ActionError `input-invalid` for what nix.conf cannot hold; the token is not quoted
 */
export function withAccessToken({ host, token }: AccessToken, present = ''): string {
  if (!/^[^\s#=]+$/.test(host) || !/^[^\s#]+$/.test(token)) {
    throw new ActionError(
      'input-invalid',
      `the access token for ${JSON.stringify(host)} is empty or holds a character that no token has`,
      { hint: 'Give the token alone, without blanks or line ends in it.' },
    );
  }
  const others = words(present).filter((entry) => !entry.startsWith(`${host}=`));
  return [`${host}=${token}`, ...others].join(' ');
}

/** The tokens in lines of nix.conf, right or wrong as these may be: GitHub's `host=TOKEN`, and GitLab's `host=PAT:TOKEN`. */
export function tokensIn(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, ''))
    .map((line) => /^\s*(?:extra-)?access-tokens\s*=?(.*)/.exec(line)?.[1] ?? '')
    .flatMap(words)
    .map((entry) => entry.replace(/^[^=]*=/, '').replace(/^(?:OAuth2|PAT):/, ''))
    .filter((token) => token !== '');
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

import { parseNixConf } from '../nix/nix-conf-lines.ts';
import { withAccessToken, type AccessToken } from '../nix/access-tokens.ts';
import type { GivenConf } from '../nix/nix-conf.ts';
import type { InputPlace } from './destination.ts';
import type { InputReader } from './input-reader.ts';

/** What Nix on the runner is told, of the inputs `extra-nix-config` and `github-token`. */
export function readGivenConf(reader: InputReader, { githubHost }: InputPlace): GivenConf {
  return { accessToken: readToken(reader, githubHost), extraConfig: readLines(reader) };
}

/** A secret often ends with a line end that nobody meant. */
function readToken(reader: InputReader, host: string): AccessToken | undefined {
  const token = reader.text('github-token').trim();
  if (token === '') return undefined;
  reader.parse('github-token', () => withAccessToken({ host, token }));
  return { host, token };
}

function readLines(reader: InputReader): string {
  const text = reader.text('extra-nix-config');
  const settings = reader.parse('extra-nix-config', () => parseNixConf(text, 'extra-nix-config'));
  if (settings?.some(({ name }) => name === 'store') === true) {
    const hint = 'Name a remote store in the input `store`; the local one is the machine’s own.';
    reader.complain(
      'extra-nix-config',
      "sets 'store', by which Nix would leave this step out",
      hint,
    );
  }
  return text;
}

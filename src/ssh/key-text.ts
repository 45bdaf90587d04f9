import { ActionError } from '../domain/errors.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(.*?)-----END \1-----/gs;

/** Headers of an encrypted key in OpenSSL's old format (RFC 1421). */
const HEADERS = /(Proc-Type:\s*4,ENCRYPTED)\s+(DEK-Info:\s*[A-Z0-9-]+,[0-9A-Fa-f]+)/;

/**
 * The private keys in a text, each as a PEM block of whole lines, whatever became of the line ends.
 * @throws ActionError `key-invalid`, saying what the text is instead
 */
export function findKeyBlocks(text: string): readonly string[] {
  const unescaped = text.replaceAll('\\r', '').replaceAll('\\n', '\n').replaceAll('\r', '\n');
  const blocks = [...unescaped.matchAll(BLOCK)].map(([, label = '', body = '']) =>
    rewrap(label, body),
  );
  const begun = unescaped.split(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/).length - 1;
  if (blocks.length > 0 && blocks.length === begun) return blocks;
  throw noKey(unescaped);
}

function rewrap(label: string, body: string): string {
  const headers = HEADERS.exec(body);
  const base64 = (headers === null ? body : body.replace(headers[0], '')).replace(/\s+/g, '');
  const lines = base64.match(/.{1,64}/g) ?? [];
  const head = headers === null ? [] : [headers[1], headers[2], ''];
  return [`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function noKey(text: string): ActionError {
  if (text.trim() === '') {
    return new ActionError('key-invalid', 'ssh-key is empty', {
      hint: 'Does the secret exist under this name, and may this workflow read it? Secrets are not given to pull requests from forks.',
    });
  }
  if (/^PuTTY-User-Key-File-/m.test(text)) {
    return new ActionError('key-invalid', "ssh-key is in PuTTY's format (.ppk)", {
      hint: 'Convert it: `puttygen key.ppk -O private-openssh-new -o key`.',
    });
  }
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text)) {
    return new ActionError('key-invalid', 'ssh-key is cut off: its -----END line is missing', {
      hint: 'Copy the whole file into the secret, from `-----BEGIN` to the last `-----`.',
    });
  }
  if (/^\s*(ssh-|ecdsa-|sk-)|-----BEGIN [A-Z0-9 ]*PUBLIC KEY-----/.test(text)) {
    return new ActionError('key-invalid', 'ssh-key is a public key, the private one is needed', {
      hint: 'Put the file without `.pub` into the secret; the public key goes into authorized_keys on the builder.',
    });
  }
  return new ActionError('key-invalid', 'ssh-key holds no private key', {
    hint: 'It has to be the content of a file such as ~/.ssh/id_ed25519, beginning with `-----BEGIN`, not its path.',
  });
}

import picomatch from 'picomatch';
import type { CopySelection } from '../build/copy-selection.ts';
import type { PushRequest, PushStore } from '../build/push/push-request.ts';
import { parseSigningKey } from '../domain/signing-key.ts';
import { withoutLogins } from '../domain/ssh-uri.ts';
import { formatStoreUri, parseStoreUri } from '../domain/store-uri.ts';
import type { InputPlace } from './destination.ts';
import type { InputReader } from './input-reader.ts';

/** Binary caches that Nix writes to. */
const BINARY_CACHE = /^(?:s3|https?|file):\/\//;

/** Of the inputs `push-to`, `signing-key` and `push-required`; undefined where nothing is to be pushed. */
export function readPush(reader: InputReader, { cloud }: InputPlace): PushRequest | undefined {
  const lines = reader.lines('push-to').filter((line) => !line.startsWith('#'));
  const text = reader.text('signing-key').trim();
  const isRequired = reader.boolean('push-required') ?? true;
  const signingKey =
    text === '' ? undefined : reader.parse('signing-key', () => parseSigningKey(text));
  if (lines.length === 0) {
    if (text !== '') {
      reader.complain('signing-key', 'is for nothing', 'It signs what goes to `push-to`.');
    }
    return undefined;
  }
  const stores = lines.flatMap((line) => readStore(reader, line, text !== '') ?? []);
  return { stores, signingKey, isRequired, env: cloud };
}

function readStore(reader: InputReader, line: string, isSigned: boolean): PushStore | undefined {
  const [uri = '', ...globs] = line.split(/\s+/);
  const selection = selectionOf(globs);
  if (uri.startsWith('ssh-ng://')) {
    const parsed = reader.parse('push-to', () => parseStoreUri(uri, 'push-to'));
    if (!parsed) return undefined;
    return { label: formatStoreUri(parsed), selection, way: { kind: 'daemon', uri: parsed } };
  }
  const label = withoutLogins(uri);
  if (!BINARY_CACHE.test(uri)) {
    const allowed =
      'Allowed: s3://, https://, http://, file:// and ssh-ng://, then globs of attributes.';
    reader.complain('push-to', `'${label}' is no store that can be pushed to`, allowed);
    return undefined;
  }
  if (isSigned && /[?&]secret-key(?:s|-files)?=/.test(uri)) {
    const hint = 'Take the parameter away, or leave signing-key empty.';
    reader.complain('push-to', `'${label}' names a secret key beside signing-key`, hint);
  }
  return { label, selection, way: { kind: 'binary-cache', uri } };
}

function selectionOf(globs: readonly string[]): CopySelection {
  if (globs.length === 0) return { kind: 'all' };
  const matchers = globs.map((text) => ({ text, matches: picomatch(text, { dot: true }) }));
  return { kind: 'matching', globs: matchers };
}

import { stripVTControlCharacters } from 'node:util';

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Nix's text as plain text: without colours. */
export function plain(text: string): string {
  return stripVTControlCharacters(text);
}

/** Several lines as one, cut after `limit` characters. */
export function oneLine(text: string, limit = 1000): string {
  return cut(plain(text).replace(/\s+/g, ' ').trim(), limit);
}

/** Bytes of unknown origin, fit to be shown: control characters as escapes, cut after `limit` characters. */
export function printable(text: string, limit = 500): string {
  const escape = (character: string): string =>
    `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return cut(text.replace(CONTROL, escape).trim(), limit);
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

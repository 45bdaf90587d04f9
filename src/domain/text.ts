import { stripVTControlCharacters } from 'node:util';

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Nix's text on one line: without colours, other control characters as escapes, cut after `limit` characters. */
export function oneLine(text: string, limit = 1000): string {
  return printable(stripVTControlCharacters(text), limit);
}

/**
 * Text of unknown origin, fit to be shown, on one line: control characters as escapes, cut after `limit` characters. A line of
 * its own could be a command to the runner.
 */
export function printable(text: string, limit = 500): string {
  const escape = (character: string): string =>
    `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  const shown = text.replace(/\s+/g, ' ').trim().replace(CONTROL, escape);
  return shown.length > limit ? `${shown.slice(0, limit)}…` : shown;
}

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/**
 * Removes ANSI escape sequences: colours, and the links some terminals know. In time that grows with the text's length, unlike
 * Node's stripVTControlCharacters, which half a megabyte of links without an end keeps busy for half a minute.
 */
export function withoutColour(text: string): string {
  // eslint-disable-next-line no-control-regex -- escape is what these begin with
  return text.replace(/\u001b(?:\[[0-9;?]*[A-Za-z]|\][^\u0007\u001b]*(?:\u0007|\u001b\\))/g, '');
}

/** Nix's text on one line: without colours, other control characters as escapes, cut after `limit` characters. */
export function oneLine(text: string, limit = 1000): string {
  return printable(withoutColour(text), limit);
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

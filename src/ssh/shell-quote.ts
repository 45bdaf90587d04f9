/** `~` stays bare, so that the remote shell expands a program given as `~/bin/nix-daemon`, as it does for Nix. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./~-]+$/;

/** A command line for the remote user's shell that means exactly these words. */
export function quoteCommand(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What a daemon may do for hours without a word; its own timeouts bound it. */
const UNBOUNDED: ReadonlySet<string> = new Set([
  'BuildPaths',
  'BuildPathsWithResults',
  'EnsurePath',
]);

/** What is known of a session at a moment. */
export interface SessionState {
  /** Grows whenever a byte arrives, and whenever the far side takes what waited to be sent. */
  readonly moves: number;
  /** The operation whose answer is due; undefined while the next move is ours. */
  readonly owed: string | undefined;
}

/**
 * Finds out that a daemon hangs while its connection lives: SSH's keep-alive and the kernel answer for it all the while.
 * @param limitMs how long an answer may be due without anything moving
 * @param onSilent called once, with the operation
 * @returns a function that stops watching
 */
export function watchSilence(
  limitMs: number,
  state: () => SessionState,
  onSilent: (operation: string) => void,
): () => void {
  let { moves } = state();
  let since = performance.now();
  const timer = setInterval(() => {
    const now = state();
    if (now.moves !== moves || now.owed === undefined || UNBOUNDED.has(now.owed)) {
      moves = now.moves;
      since = performance.now();
    } else if (performance.now() - since >= limitMs) {
      clearInterval(timer);
      onSilent(now.owed);
    }
  }, limitMs / 10);
  timer.unref();
  return () => clearInterval(timer);
}

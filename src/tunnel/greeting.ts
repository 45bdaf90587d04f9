/*
 * What a client of the tunnel hears before the first byte of the remote: one line, empty when all is well, else what is wrong, after
 * which the stream ends. The worker and the serve protocol let the client speak first, so that nobody waits for it; and what Nix's users
 * would else read is no more than "unexpected end-of-file".
 */
const LINE_END = 0x0a;

/** Nothing that a tunnel says is longer, bytes. */
const LONGEST = 8192;

export type Greeting =
  | { readonly kind: 'welcome'; readonly rest: Buffer }
  | { readonly kind: 'refusal'; readonly reason: string };

export const WELCOME = Buffer.of(LINE_END);

export function refusal(reason: string): Buffer {
  return Buffer.from(`${reason.replaceAll('\n', ' ').slice(0, LONGEST / 4)}\n`);
}

/** @returns undefined while the line is not complete */
export function parseGreeting(heard: Buffer): Greeting | undefined {
  const end = heard.indexOf(LINE_END);
  if (end === 0) return { kind: 'welcome', rest: heard.subarray(1) };
  if (end > 0) return { kind: 'refusal', reason: heard.toString('utf8', 0, end) };
  if (heard.length > LONGEST) return { kind: 'refusal', reason: 'what answers is no tunnel' };
  return undefined;
}

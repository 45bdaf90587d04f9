/*
 * What a client of the tunnel hears before the first byte of the remote: one line, which says how to read what follows, or why nothing
 * does. The worker and the serve protocol let the client speak first, so that nobody waits for it; and what Nix's users would else read
 * is no more than "unexpected end-of-file".
 */
const LINE_END = '\n';
const REFUSAL = '!';
const FRAMES = '+';

/** Nothing that a tunnel says is longer, characters. */
const LONGEST = 8192;

export type Greeting =
  /** What follows is the protocol, or the protocol in frames: see frames.ts. */
  | { readonly kind: 'bytes' | 'frames'; readonly rest: Buffer }
  | { readonly kind: 'refusal'; readonly reason: string };

export const BYTES_FOLLOW = Buffer.from(LINE_END);
export const FRAMES_FOLLOW = Buffer.from(`${FRAMES}${LINE_END}`);

/** @param reason one line */
export function refusal(reason: string): Buffer {
  return Buffer.from(`${REFUSAL}${reason.slice(0, LONGEST / 2)}${LINE_END}`);
}

/** @returns undefined while the line is not complete */
export function parseGreeting(heard: Buffer): Greeting | undefined {
  const end = heard.indexOf(LINE_END);
  if (end === -1 && heard.length < LONGEST) return undefined;
  const line = heard.toString('utf8', 0, Math.max(end, 0));
  const rest = heard.subarray(end + 1);
  if (end === 0) return { kind: 'bytes', rest };
  if (line === FRAMES) return { kind: 'frames', rest };
  const reason = line.startsWith(REFUSAL) ? line.slice(1) : 'what listens there is no tunnel';
  return { kind: 'refusal', reason };
}

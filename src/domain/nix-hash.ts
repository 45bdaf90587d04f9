/** Nix's digits, without e, o, t and u. */
const NIX32 = '0123456789abcdfghijklmnpqrsvwxyz';

/** What a fixed-output derivation was to be, and what it is. */
export interface HashMismatch {
  /** `sha256-…=`, as Nix prints both whatever was written. */
  readonly specified: string;
  readonly got: string;
}

/** Reads both hashes out of Nix's text; undefined if it is about something else. */
export function hashMismatchIn(text: string): HashMismatch | undefined {
  const sri = String.raw`([a-z0-9]+-[A-Za-z0-9+/]+={0,2})`;
  const [, specified, got] =
    new RegExp(String.raw`\bspecified:\s*${sri}\s+got:\s*${sri}`).exec(text) ?? [];
  return specified === undefined || got === undefined ? undefined : { specified, got };
}

/** All the ways in which a Nix file may spell a hash: base 64, base 16, Nix's base 32. */
export function hashSpellings(sri: string): readonly string[] {
  const base64 = sri.slice(sri.indexOf('-') + 1);
  const bytes = Buffer.from(base64, 'base64');
  return [base64, bytes.toString('hex'), nix32(bytes)];
}

/** From the last five bits to the first (libutil, base-nix-32.cc). */
export function nix32(bytes: Buffer): string {
  const digits = Math.ceil((bytes.length * 8) / 5);
  const all = bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
  return Array.from({ length: digits }, (_, index) =>
    NIX32.charAt(Number((all >> BigInt((digits - 1 - index) * 5)) & 31n)),
  ).join('');
}

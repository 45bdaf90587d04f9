/** What a NAR begins with. */
export const NAR_MAGIC = 'nix-archive-1';

/** Linux's own limits on what can be unpacked, and a depth that no path of 4096 bytes can pass. */
export const NAR_LIMITS = {
  nameLength: 255,
  targetLength: 4095,
  depth: 2048,
  /** What one node takes apart from a file's contents, generously. */
  nodeBytes: 16 * 1024,
} as const;

/** Where something is in a Nix file, as Nix says it; lines and columns count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  /** 0 where only the line is known. */
  readonly column: number;
}

/** Reads `file:line`, as `meta.position` has it; undefined if it is something else. */
export function parsePosition(text: string): Position | undefined {
  const [, file, line] = /^(.+):([0-9]{1,9})$/s.exec(text) ?? [];
  return file === undefined || line === undefined
    ? undefined
    : { file, line: Number(line), column: 0 };
}

import { readFileSync } from 'node:fs';

/** A file of a process in /proc; undefined where that process has ended, be it between opening and reading. */
export function procFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && GONE.has(error.code)) return undefined;
    throw error;
  }
}

const GONE: ReadonlySet<unknown> = new Set(['ENOENT', 'ESRCH']);

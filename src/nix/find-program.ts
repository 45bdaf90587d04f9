import { access, constants, realpath } from 'node:fs/promises';
import path from 'node:path';

/**
 * Where a program is, for who has another PATH than we: sudo has one of its own.
 * @param searchPath as PATH has it; relative entries are left out
 * @returns its path, symlinks in the folder resolved but not the program's own, whose name says what it is to do; undefined if there is none
 */
export async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(':').filter((each) => path.isAbsolute(each))) {
    const found = await access(path.join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path.join(await realpath(folder), name);
  }
  return undefined;
}

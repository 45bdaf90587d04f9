import path from 'node:path';
import { temporary } from './place.ts';

/** What main's folders are called; mkdtemp puts something random after it. */
const PREFIX = 'nix-remote-build-';

/**
 * Whether a folder is called, and lies, as those that main makes. State is what somebody said who could write a workflow command; post
 * removes with all that is in it only what passes here.
 */
export function isOwnFolder(folder: string): boolean {
  const { dir, base } = path.parse(path.resolve(folder));
  const parents = ['/tmp', path.resolve(temporary())];
  return path.isAbsolute(folder) && parents.includes(dir) && base.startsWith(PREFIX);
}

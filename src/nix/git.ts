import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { oneLine } from '../domain/text.ts';

const run = promisify(execFile);

/** Milliseconds for one question to git; a large tree takes a fraction of a second. */
const LIMIT_MS = 20_000;

/** Bytes that git may answer with: a list of files has a line for each. */
const MAX_BYTES = 64 * 1024 * 1024;

/** How git is asked. */
export interface Asking {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Nothing is written, asked for or fetched; objects are what they are, whatever git is told to show instead of them. */
const QUIET = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  // An older git does not know the last one; without a protocol it cannot fetch, nor run the repository's core.sshCommand.
  GIT_ALLOW_PROTOCOL: '',
  GIT_NO_REPLACE_OBJECTS: '1',
  LC_ALL: 'C',
} as const;

/** The repository may be somebody else's: no program of its choice is run, and it does not say how closely files are looked at. */
const SETTINGS = [
  ...['core.fsmonitor=false', 'core.hooksPath=/dev/null'],
  ...['core.fileMode=true', 'core.symlinks=true', 'core.ignoreStat=false'],
  ...['core.trustctime=true', 'core.checkStat=default'],
].flatMap((setting) => ['-c', setting]);

/**
 * Asks git.
 * @param input for its stdin
 * @returns what it prints, without the last line's end
 * @throws what execFile throws
 */
export async function git(
  args: readonly string[],
  cwd: string,
  { env, signal }: Asking,
  input = '',
): Promise<string> {
  const options = { cwd, env: { ...env, ...QUIET }, signal };
  const limits = { timeout: LIMIT_MS, maxBuffer: MAX_BYTES };
  const answer = run('git', [...SETTINGS, ...args], { ...options, ...limits });
  // A git that ends without reading all of it says itself why.
  answer.child.stdin?.on('error', () => undefined).end(input);
  return (await answer).stdout.replace(/\n$/, '');
}

/** Why git gave no answer, in one line. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'git does not answer';
  if ('code' in error && error.code === 'ENOENT') return 'there is no git to ask about the tree';
  const said = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  const [first = ''] = said.split('\n');
  return first === '' ? 'git does not answer' : oneLine(first).replace(/^fatal: /, 'git says: ');
}

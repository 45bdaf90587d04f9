import { ActionError } from '../../domain/errors.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import type { StorePath } from '../../domain/store-path.ts';
import { withoutLogins } from '../../domain/ssh-uri.ts';
import { printable, withoutColour } from '../../domain/text.ts';
import { runNix } from '../../nix/nix-command.ts';

export interface NixPush {
  /** What Nix reads from, by URI and for people. */
  readonly from: { readonly uri: string; readonly label: string };
  /** The binary cache, by URI and for people. */
  readonly to: { readonly uri: string; readonly label: string };
  readonly signingKey: SigningKey | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly signal: AbortSignal;
}

/** Paths in one call: a command line holds no more than some megabytes. */
const MOST_PATHS = 2000;

/**
 * Where a child reads its standard input as a file. The key comes through a pipe that a shell makes (Node's own pipes are sockets, which
 * cannot be opened by name): it is on no disk, in no argument and in no environment.
 */
const STDIN = process.platform === 'linux' ? '/proc/self/fd/0' : '/dev/fd/0';
const THROUGH_PIPE = 'cat | exec "$0" "$@"';

/**
 * Has Nix copy paths with all they refer to into a binary cache; what that has is not sent.
 * @throws ActionError `push-failed` with Nix's own words; `nix-missing`; `cancelled`
 */
export async function pushByNix(push: NixPush, paths: readonly StorePath[]): Promise<void> {
  for (let at = 0; at < paths.length; at += MOST_PATHS) {
    await copy(push, paths.slice(at, at + MOST_PATHS));
  }
}

async function copy(push: NixPush, paths: readonly StorePath[]): Promise<void> {
  const { from, to, signingKey, env, workingDirectory, signal } = push;
  const target = signingKey === undefined ? to.uri : withParameter(to.uri, 'secret-key', STDIN);
  const flags = ['--extra-experimental-features', 'nix-command', '--no-check-sigs'];
  const args = ['copy', ...flags, '--from', from.uri, '--to', target, ...paths];
  const command =
    signingKey === undefined
      ? { nix: 'nix', args }
      : { nix: '/bin/sh', args: ['-c', THROUGH_PIPE, 'nix', ...args], input: signingKey.text };
  const lines: string[] = [];
  const onStderr = (line: string): void => void lines.push(line);
  const { exitCode } = await runNix({ ...command, env, workingDirectory, signal, onStderr });
  if (exitCode === 0) return;
  const all = lines.map((line) => named(withoutColour(line), target, push));
  const first = all.find((line) => /^error\b/.test(line)) ?? all.at(-1) ?? 'nix copy failed';
  throw new ActionError(
    'push-failed',
    `${to.label}: ${printable(first.replace(/^error(?: \(ignored\))?:\s*/, ''))}`,
    {
      hint: 'What was built is there all the same. Run the step again: what was pushed is not sent twice.',
    },
  );
}

/** Nix also names files in the cache, by URIs that have its login, and not its parameters. */
function named(text: string, target: string, { from, to }: NixPush): string {
  const known = text
    .replaceAll(target, to.label)
    .replaceAll(to.uri, to.label)
    .replaceAll(from.uri, from.label);
  return known.replace(/\bhttps?:\/\/\S+/gi, withoutLogins);
}

function withParameter(uri: string, name: string, value: string): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${name}=${value}`;
}

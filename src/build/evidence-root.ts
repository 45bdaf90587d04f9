import { execFile } from 'node:child_process';

/** Milliseconds; sudo takes a few dozen. */
const LIMIT = 2000;

/**
 * Whether a private daemon could be started (nix/private-daemon.ts): we are root, or `sudo` runs a shell and asks nothing. Has it run an empty
 * one, so ask only where the local daemon does not trust us.
 */
export function canStartDaemon(env: Readonly<Record<string, string>>): Promise<boolean> {
  if (process.geteuid?.() === 0) return Promise.resolve(true);
  const argv = ['-n', '--', '/bin/sh', '-c', ':'];
  const options = { env: { PATH: env['PATH'] ?? '' }, timeout: LIMIT };
  return new Promise((resolve) => {
    execFile('sudo', argv, options, (error) => resolve(error === null));
  });
}

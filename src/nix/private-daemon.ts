import { ActionError } from '../domain/errors.ts';
import { makeTunnelFolder } from '../tunnel/folder.ts';
import { findProgram } from './find-program.ts';
import { PrivateDaemonProcess } from './private-daemon-process.ts';

export interface PrivateDaemonOptions {
  /** Lines of nix.conf (renderNixConf): they win over the system's, which stay in force otherwise. May hold a secret. */
  readonly nixConf: string;
  /** Where a folder of mode 0700 is made for it: `RUNNER_TEMP`. */
  readonly folder: string;
  /** The environment of our children: nix-daemon is looked up on its PATH, and certificates and proxies are handed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends waiting for the start; nothing afterwards. */
  readonly signal: AbortSignal;
}

/** A Nix daemon for this job alone, which trusts this user. It serves the machine's own store, beside the system's daemon. */
export interface PrivateDaemon extends AsyncDisposable {
  /** For NIX_DAEMON_SOCKET_PATH, together with NIX_REMOTE=daemon; nobody else can reach it. */
  readonly socketPath: string;
  /** Resolves when it has ended, whoever ended it, with its last words. */
  readonly ended: Promise<string>;
  /**
   * Ends it and what still builds for its clients, and removes its folder. Close sessions with it before. Idempotent.
   * @throws ActionError `internal` if it does not end within 15 s; then it is there still, and none but root can end it
   */
  stop(): Promise<void>;
}

/**
 * Starts a private daemon through `sudo -n`, or without it as root. It ends with this process, however that ends.
 * @throws ActionError `daemon-untrusted` without sudo, naming what else would do; `nix-missing` without a nix-daemon; `daemon-error`
 *   when it does not start, with its last words; `cancelled`
 */
export async function startPrivateDaemon(options: PrivateDaemonOptions): Promise<PrivateDaemon> {
  const { nixConf, env, signal } = options;
  const program = await findProgram('nix-daemon', env['PATH'] ?? '');
  if (program === undefined) {
    throw new ActionError('nix-missing', `nix-daemon is not on PATH (${env['PATH'] ?? ''})`, {
      hint: 'Install Nix in an earlier step.',
    });
  }
  const folder = await makeTunnelFolder(options.folder);
  const daemon = await PrivateDaemonProcess.start({ program, folder, nixConf, env });
  try {
    await daemon.ready(signal);
    return daemon;
  } catch (error) {
    await daemon.stop().catch(() => undefined);
    throw error;
  }
}

import { execFile } from 'node:child_process';

/** Milliseconds; it takes a few. */
const LIMIT = 5000;

/** Of OpenSSH, by which options are there. */
export interface ClientVersion {
  readonly major: number;
  readonly minor: number;
}

/** Which client there is: of an option that it does not know, one cannot say that it is off. Undefined where it does not tell. */
export function clientVersion(
  env: Readonly<Record<string, string>>,
): Promise<ClientVersion | undefined> {
  return new Promise((resolve) => {
    execFile('ssh', ['-V'], { env, timeout: LIMIT }, (_, stdout, stderr) => {
      const [, major, minor] = /OpenSSH\D*_(\d+)\.(\d+)/.exec(`${stdout}${stderr}`) ?? [];
      resolve(major === undefined ? undefined : { major: Number(major), minor: Number(minor) });
    });
  });
}

export function isSince(
  { major, minor }: ClientVersion,
  [since, at]: readonly [number, number],
): boolean {
  return major > since || (major === since && minor >= at);
}

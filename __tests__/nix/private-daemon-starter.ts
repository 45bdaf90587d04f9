/**
 * Run inside a host: starts a private daemon with this process's environment, says as JSON where it listens or why not, and stops it when
 * its standard input says so. Arguments: a file with lines of nix.conf, the folder for its folder.
 */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { ActionError, toError } from '../../src/domain/errors.ts';
import { startPrivateDaemon } from '../../src/nix/private-daemon.ts';

const [file = '', folder = ''] = process.argv.slice(2);
const say = (what: object): void => console.log(JSON.stringify(what));
try {
  const nixConf = await readFile(file, 'utf8');
  const signal = AbortSignal.timeout(60_000);
  const daemon = await startPrivateDaemon({ nixConf, folder, env: process.env, signal });
  void daemon.ended.then(() => say({ ended: true }));
  say({ socketPath: daemon.socketPath });
  createInterface(process.stdin).once('line', () => {
    void daemon.stop().then(() => {
      say({ stopped: true });
      process.stdin.destroy();
    });
  });
} catch (thrown) {
  const { message } = toError(thrown);
  const { code, hint } = thrown instanceof ActionError ? thrown : {};
  say({ code, message, hint });
}

/**
 * The lab: two hosts on one machine, for tests, bench and demo. Needs root, and what scripts/setup-system.sh installs.
 *
 * ```ts
 * await using builder = await startBuilder({ suite: 'trixie', maxJobs: 4 });  // sshd, daemon, users; 0.3 s
 * await using runner = await startNixHost({ suite: 'sid', name: 'runner' });  // where `nix` and the bundle run
 *
 * await writeFlake(runner, '/home/ci/flake', { hello: 'sh "hello" "echo hi > $out"' }, 'ci');
 * const { code, stdout } = await runner.run(['nix', 'eval', '.#hello.drvPath'], { user: 'ci', cwd: '/home/ci/flake' });
 *
 * const step = runner.spawn(['node', '/checkout/dist/index.js'], { user: 'ci', env: { 'INPUT_SSH-KEY': builder.key.privateKey } });
 * await step.signal('SIGINT');
 * const { signal, stderr } = await step.collect();
 * ```
 *
 * - A {@link Host} dies with the process that started it, and nothing of it remains: all it writes is in memory of its namespace.
 * - `nix: 'daemon' | 'root-owned' | 'user-owned'` says who owns `/nix`; the users of every host are in {@link USERS}.
 * - `host.path('/home/ci/x')` is a path of the host seen from outside; `host.socketPath` the daemon's socket for `net.connect`;
 *   `host.stdioDaemon('ci')` a `nix-daemon --stdio` with pipes.
 * - `builder.sshd` and `builder.daemon` can be stopped, started, paused and resumed; `builder.builds()` lists what builds right now.
 * - `builder.port` is sshd itself; hosts share this machine's loopback.
 */
export { Builder, startBuilder, type BuilderOptions } from './builder.ts';
export { LabError } from './errors.ts';
export { flakeFiles, writeFlake, type Attributes, type FlakeFiles } from './flakes.ts';
export { Host, type HostProcessInfo, type RunOptions, type RunToEndOptions } from './host.ts';
export { makeKey, type KeyOptions, type KeyPair } from './keys.ts';
export { Link, type ArmedFault, type LinkOptions } from './link/link.ts';
export type { Counters, DirectionName, Fault, FaultKind } from './link/shape.ts';
export {
  DAEMON_SOCKET,
  NixHost,
  startNixHost,
  type NixHostOptions,
  type NixSetup,
} from './nix-host.ts';
export { HostProcess, type Exit, type Finished } from './process.ts';
export { cacheFolder, rootFolder, SUITES, type RootFolder, type Suite } from './rootfs.ts';
export { Service } from './service.ts';
export { type Bind, type HostOptions } from './start-host.ts';
export { USERS, type User, type UserName } from './users.ts';
export { until, within } from './wait.ts';

/**
 * The lab: two hosts on one machine, for tests, bench and demo. Needs root, and what scripts/setup-system.sh installs.
 *
 * ```ts
 * await using lab = await startLab({
 *   builder: { suite: 'trixie', maxJobs: 4 },      // sshd, daemon, users
 *   runner: { suite: 'sid', nix: 'user-owned' },   // where `nix` and the bundle run
 *   link: { roundTripMs: 40 },                     // the runner's way to the builder
 * });
 * const { builder, runner, link } = lab;
 * await writeFlake(runner, '/home/owner/flake', { ...recipes.wide(10, 50_000), bad: recipes.failing('bad') }, 'owner');
 *
 * const { code, stdout } = await runner.run(['nix', 'eval', '.#bad.drvPath'], { user: 'owner', cwd: '/home/owner/flake' });
 *
 * const step = runner.spawn(['node', '/checkout/dist/main/index.js'], {
 *   user: 'owner',
 *   env: { INPUT_STORE: lab.storeUri('ci'), 'INPUT_SSH-KEY': builder.key.privateKey, 'INPUT_KNOWN-HOSTS': lab.knownHosts },
 * });
 * await (await link.arm({ kind: 'cut', direction: 'down', afterBytes: 100_000 })).fired;
 * await step.signal('SIGINT');
 * const { signal, stderr } = await step.collect();
 * ```
 *
 * - A {@link Host} ends with {@link Host.stop} or with the process that started it. Nothing of it remains: all that it writes is in the
 *   memory of its own namespace.
 * - `nix: 'daemon' | 'root-owned' | 'user-owned'` says who owns `/nix`; with `'none'` there is no Nix, and {@link makeRelease} makes one to install; the users of every host are in {@link USERS}; `nixSize: '64m'`
 *   makes a disk that fills up.
 * - `host.path('/home/ci/x')` is a path of the host seen from outside; `host.socketPath` the daemon's socket for `net.connect`;
 *   `host.stdioDaemon('ci')` a `nix-daemon --stdio` with pipes.
 * - `builder.sshd` and `builder.daemon` can be stopped, started, paused and resumed; `builder.builds()` lists what builds right now;
 *   `builder.authorize(user, publicKey)` lets another key in.
 * - `builder.port` is sshd itself, `link.port` the near end of the link; hosts share this machine's loopback.
 * - {@link setUpOpenssh} prepares what stock Nix needs: then `ssh-ng://ci@builder` works on the runner.
 * - {@link BinaryCache} is a substituter with content of its own; {@link UploadCache} one that takes uploads;
 *   {@link CacheServer} is GitHub's cache service.
 */
export { BinaryCache } from './binary-cache.ts';
export { Builder, startBuilder, type BuilderOptions } from './builder.ts';
export { CacheServer, type CacheServiceMood, type StoredEntry } from './cache-service.ts';
export { CpuLimit } from './cpu-limit.ts';
export { LabError } from './errors.ts';
export {
  commitAll,
  flakeFiles,
  SYSTEM,
  writeFlake,
  type Attributes,
  type FlakeFiles,
  type FlakeOptions,
} from './flakes.ts';
export type { Command, RunOptions } from './enter.ts';
export { Host, type RunToEndOptions } from './host.ts';
export type { HostProcessInfo } from './process-list.ts';
export { makeKey, type KeyOptions, type KeyPair } from './keys.ts';
export { startLab, type Lab, type LabOptions } from './lab.ts';
export { Link, type ArmedFault, type LinkOptions } from './link/link.ts';
export type { Counters, DirectionName, Fault, FaultKind } from './link/shape.ts';
export {
  DAEMON_SOCKET,
  NixHost,
  startNixHost,
  type NixHostOptions,
  type NixSetup,
} from './nix-host.ts';
export { setUpOpenssh } from './openssh.ts';
export { HostProcess, type Exit, type Finished } from './process.ts';
export * as recipes from './recipes.ts';
export { cacheFolder, rootFolder, SUITES, type RootFolder, type Suite } from './rootfs.ts';
export { Service } from './service.ts';
export { makeSigningKey, type SigningKey } from './signing-key.ts';
export { type Bind, type HostOptions } from './start-host.ts';
export { makeRelease, type MadeRelease } from './release.ts';
export { UploadCache } from './upload-cache.ts';
export { USERS, type User, type UserName } from './users.ts';
export { until, within } from './wait.ts';

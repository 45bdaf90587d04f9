import { startBuilder, type Builder, type BuilderOptions } from './builder.ts';
import { Link, type LinkOptions } from './link/link.ts';
import { startNixHost, type NixHost, type NixHostOptions } from './nix-host.ts';
import type { UserName } from './users.ts';

export interface LabOptions {
  readonly builder?: BuilderOptions | undefined;
  readonly runner?: NixHostOptions | undefined;
  readonly link?: LinkOptions | undefined;
}

/** A runner, a builder, and the link between them. */
export interface Lab extends AsyncDisposable {
  readonly builder: Builder;
  readonly runner: NixHost;
  readonly link: Link;
  /** Lines of known_hosts for the builder at the far end of the link. */
  readonly knownHosts: string;
  /** The builder's store through the link, for the action: `ssh-ng://ci@127.0.0.1:2222`. */
  storeUri(login?: UserName): string;
  /** Ends all three. Idempotent. */
  stop(): Promise<void>;
}

/** Starts a lab in well under a second, if the root folders exist. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  await using parts = new AsyncDisposableStack();
  const builder = parts.use(await startBuilder(options.builder));
  const runner = parts.use(await startNixHost({ name: 'runner', ...options.runner }));
  const link = parts.use(await Link.start(builder.port, options.link));
  const whole = parts.move();
  const stop = () => whole.disposeAsync();
  return {
    builder,
    runner,
    link,
    knownHosts: builder.knownHosts(link.port),
    storeUri: (login = 'ci') => `ssh-ng://${login}@127.0.0.1:${link.port}`,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

import type { StorePath } from '../../domain/store-path.ts';
import type { Store } from '../../store/store.ts';
import { Tunnel } from '../../tunnel/tunnel.ts';
import { makeTunnelFolder, removeTunnelFolder } from '../../tunnel/folder.ts';
import type { Connected } from '../site.ts';
import type { StepContext } from '../step-request.ts';
import type { PushItem } from './push-queue.ts';

export interface SourceOptions {
  readonly connected: Connected;
  /** What Nix calls the local store. */
  readonly localUri: string;
  readonly context: Pick<StepContext, 'pipe' | 'socketDirectory' | 'observe' | 'signal'>;
  /** Closed when the step ends. */
  readonly opened: AsyncDisposableStack;
}

/** A place that built something, as what pushes read from. */
export class PushSource {
  readonly #options: SourceOptions;
  #uri: Promise<string> | undefined;
  #session: Promise<Store> | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  get label(): string {
    return this.#options.connected.place.label;
  }

  /** What Nix reads from: a tunnel over our own connection, or the local store. */
  uri(): Promise<string> {
    this.#uri ??= this.#openTunnel();
    return this.#uri;
  }

  /** A session beside the one that builds; another after one was lost. */
  async session(): Promise<Store> {
    const known = await this.#session?.catch(() => undefined);
    if (known?.isOpen === true) return known;
    const { connected, context, opened } = this.#options;
    if (!connected.openSession) return connected.session;
    this.#session = connected.openSession(context.signal);
    const session = await this.#session;
    opened.defer(() => session.close());
    return session;
  }

  /** Those of which all is there, protected from garbage collection for as long as the session lives. */
  async present(items: readonly PushItem[]): Promise<readonly PushItem[]> {
    const session = await this.session();
    const outputs: readonly StorePath[] = items.flatMap((item) => item.outputs);
    const [valid] = await Promise.all([
      session.queryValidPaths(outputs),
      session.addTempRoots(outputs),
    ]);
    return items.filter(
      (item) => item.validity === 'valid' || item.outputs.every((path) => valid.has(path)),
    );
  }

  async #openTunnel(): Promise<string> {
    const { connected, localUri, context, opened } = this.#options;
    const { way } = connected;
    if (!way) return localUri;
    const folder = await makeTunnelFolder(context.socketDirectory);
    opened.defer(() => removeTunnelFolder(folder));
    const tunnel = await Tunnel.open({
      ...{ folder, name: 'source', index: 0, label: this.label, pipe: context.pipe },
      service: { kind: 'worker', ...way.program },
      connection: way.connection,
      onNotice: (text) => context.observe({ kind: 'line', text }),
    });
    opened.defer(() => tunnel.close());
    return tunnel.storeUri;
  }
}

import type { ByteStream } from '../domain/byte-stream.ts';
import type { Greeting } from '../domain/daemon.ts';
import type { DerivedPath } from '../domain/derived-path.ts';
import { ActionError } from '../domain/errors.ts';
import { openStore } from '../store/daemon-store.ts';
import type { Store } from '../store/store.ts';
import { failure, foreignActivityId } from './answers.ts';
import type { ClientVoice } from './client-voice.ts';
import { LOCAL_STORE } from './handshake.ts';
import { LentStream } from './lent-stream.ts';
import type { Answer, BuildRequest, OffloadClient, TakeOver } from './take-over.ts';

/** One for all: there is a loan for each request to build, and a stack trace takes longer than the rest of it. */
const RETURNED = new ActionError('cancelled', 'the request has been answered');

export interface LoanOptions {
  readonly daemon: ByteStream;
  /** With which the daemon has received the client. */
  readonly greeting: Greeting;
  readonly voice: ClientVoice;
}

/** The time for which a client's stream to the local daemon is a session that somebody else uses: while one request is answered. */
export class Loan {
  readonly #options: LoanOptions;
  readonly #stream: LentStream;

  constructor(options: LoanOptions) {
    const { duplex } = options.daemon;
    this.#options = options;
    this.#stream = new LentStream(duplex, () => duplex.destroy());
  }

  /** What came from the daemon. */
  deliver(chunk: Buffer): void {
    this.#stream.deliver(chunk);
  }

  deliverEnd(): void {
    this.#stream.deliverEnd();
  }

  /** The daemon is gone for good, and whoever uses the stream finds out at once. */
  destroy(): void {
    this.#stream.destroy();
  }

  /** Has a request answered; what is thrown is an answer too. The stream is idle afterwards, or destroyed. */
  async use(
    takeOver: TakeOver,
    request: BuildRequest,
    client: Pick<OffloadClient, 'options' | 'signal'>,
  ): Promise<Answer> {
    const [first] = request.paths;
    if (!first) return { kind: 'pass' };
    const { daemon, greeting, voice } = this.#options;
    const store = openStore(
      { duplex: this.#stream, diagnostics: () => daemon.diagnostics() },
      { label: LOCAL_STORE, resumed: greeting, onEvent: (event) => voice.tell(event) },
    );
    try {
      const hear: OffloadClient['hear'] = (event) => voice.tell(event, foreignActivityId);
      return await takeOver(request, { ...client, store, hear });
    } catch (thrown) {
      return failure(thrown);
    } finally {
      // An answer that nobody waited for would be read as that to the client's next request.
      if (!store.isIdle) await settle(store, first);
      this.#stream.takeBack();
      store.close(RETURNED);
    }
  }
}

/** Waits until all that a store was asked has been answered, which it does in order, or its session has ended. */
async function settle(store: Store, some: DerivedPath): Promise<void> {
  const path = some.kind === 'opaque' ? some.path : some.drvPath;
  await store.queryValidPaths([path]).catch(() => undefined);
}

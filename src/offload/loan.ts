import type { ByteStream } from '../domain/byte-stream.ts';
import type { Greeting } from '../domain/daemon.ts';
import type { StorePath } from '../domain/store-path.ts';
import { openStore } from '../store/daemon-store.ts';
import { failure, foreignActivityId } from './answers.ts';
import type { ClientVoice } from './client-voice.ts';
import { LOCAL_STORE } from './handshake.ts';
import { LentStream } from './lent-stream.ts';
import type { Answer, BuildRequest, OffloadClient, TakeOver } from './take-over.ts';

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
      // The daemon answers in order: what was asked for and not waited for would else be read as the answer to what comes next.
      await store.queryValidPaths([pathOf(first)]).catch(() => undefined);
      this.#stream.takeBack();
      store.close();
    }
  }
}

function pathOf(path: BuildRequest['paths'][number]): StorePath {
  return path.kind === 'opaque' ? path.path : path.drvPath;
}

import type { Clock, Observe, StepEvent } from '../build/events.ts';
import { printable } from '../domain/text.ts';
import { BuildBlocks } from './build-blocks.ts';
import { writeForeign } from './foreign-lines.ts';
import { plural } from './format.ts';
import { Heartbeat } from './heartbeat.ts';
import { logLine } from './log-lines.ts';

/** Milliseconds between looks at whether something should be said. */
const BEAT_INTERVAL = 5000;

export interface LogOptions {
  readonly write: (line: string) => void;
  readonly notice: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly clock: Clock;
}

/** The live log: a line when something happens that matters, and each build's output as one block. */
export class Log implements Disposable {
  readonly #options: LogOptions;
  readonly #blocks: BuildBlocks;
  readonly #heartbeat: Heartbeat;
  readonly #timer: NodeJS.Timeout;
  /** Paths that were fetched, by where they came from. */
  readonly #substituted = new Map<string, number>();
  #evaluationSeconds = 0;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#heartbeat = new Heartbeat(options.clock);
    this.#blocks = new BuildBlocks((line) => this.#write(line));
    this.#timer = setInterval(() => this.beat(), BEAT_INTERVAL);
  }

  readonly observe: Observe = (event) => {
    this.#heartbeat.hear(event);
    this.#count(event);
    const line = logLine(event, this.#evaluationSeconds);
    // An attribute's name may hold anything, a line feed and a workflow command after it too.
    if (line !== undefined) this.#writeForeign(printable(line));
    this.#blocks.hear(event);
    this.#pass(event);
  };

  /** Says what is going on, if nothing else has been said for long. */
  beat(): void {
    if (!this.#heartbeat.isDue) return;
    this.#blocks.stream();
    const line = this.#heartbeat.beat();
    if (line !== undefined) this.#write(line);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#blocks.close();
  }

  #write(line: string): void {
    this.#heartbeat.lineShown();
    this.#options.write(line);
  }

  #writeForeign(line: string): void {
    writeForeign([line], (each) => this.#write(each));
  }

  #count(event: StepEvent): void {
    if (event.kind === 'phase-ended' && event.phase === 'evaluate') {
      this.#evaluationSeconds += event.seconds;
    }
    if (event.kind === 'substituted') {
      this.#substituted.set(event.from, (this.#substituted.get(event.from) ?? 0) + 1);
    }
    if (event.kind === 'phase-ended' && event.phase === 'build') this.#tellSubstituted();
  }

  /** What was fetched where it is built is no build. */
  #tellSubstituted(): void {
    for (const [from, count] of this.#substituted) {
      this.#writeForeign(
        printable(`not built, but substituted there: ${plural(count, 'path')} from ${from}`),
      );
    }
    this.#substituted.clear();
  }

  #pass(event: StepEvent): void {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others are lines or blocks of their own
    switch (event.kind) {
      case 'evaluation-log': {
        this.#writeForeign(event.line);
        return;
      }
      case 'daemon-message': {
        this.#writeForeign(event.text);
        return;
      }
      case 'notice': {
        this.#options.notice(event.text);
        return;
      }
      case 'warning': {
        this.#options.warn(event.text);
        return;
      }
      default:
    }
  }
}

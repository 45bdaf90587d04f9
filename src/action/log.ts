import { randomUUID } from 'node:crypto';
import type { Clock, Observe, StepEvent } from '../build/events.ts';
import { isGood } from '../domain/outcome.ts';
import { printable } from '../domain/text.ts';
import { storePathName, type DrvPath } from '../domain/store-path.ts';
import { Heartbeat } from './heartbeat.ts';
import { formatBytes, formatSeconds, plural } from './format.ts';

/** Lines of one build's log that are held back for its block; older ones are in its log file. */
const MAX_BLOCK_LINES = 5000;

/**
 * What the runner reads as a command: `::` at a line's start, the old `##[` anywhere. For it a carriage return ends a line too, and
 * U+0085 is a blank (.NET's ReadLine and TrimStart).
 */
const WORKFLOW_COMMAND = /^[\s\u0085]*::|##\[/m;

/** Milliseconds between looks at whether something should be said. */
const BEAT_INTERVAL = 5000;

export interface LogOptions {
  readonly write: (line: string) => void;
  readonly notice: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly clock: Clock;
}

/** The live log: a line when something happens that matters, and each build's output as one folded block. */
export class Log implements Disposable {
  readonly #options: LogOptions;
  readonly #blocks = new Map<DrvPath, string[]>();
  readonly #heartbeat: Heartbeat;
  readonly #timer: NodeJS.Timeout;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#heartbeat = new Heartbeat(options.clock);
    this.#timer = setInterval(() => {
      const line = this.#heartbeat.beat();
      if (line !== undefined) this.#write(line);
    }, BEAT_INTERVAL);
  }

  readonly observe: Observe = (event) => {
    this.#heartbeat.hear(event);
    const line = oneLine(event);
    // An attribute's name may hold anything, a line feed and a workflow command after it too.
    if (line !== undefined) this.#printForeign([printable(line)]);
    this.#gather(event);
  };

  /** Shows what builds had printed that never stopped: a hung one that was cancelled, or those of a lost connection. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const drvPath of this.#blocks.keys()) {
      this.#printBlock(drvPath, `${derivationName(drvPath)} did not end`);
    }
  }

  #write(line: string): void {
    this.#heartbeat.lineShown();
    this.#options.write(line);
  }

  #gather(event: StepEvent): void {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others are one line, or nothing
    switch (event.kind) {
      case 'build-log': {
        const block = this.#block(event.drvPath);
        block.push(event.line);
        if (block.length > MAX_BLOCK_LINES) block.shift();
        return;
      }
      case 'build-stopped': {
        const name = derivationName(event.drvPath);
        this.#printBlock(event.drvPath, `${name} ran ${formatSeconds(event.seconds)}`);
        return;
      }
      case 'evaluation-log':
      case 'daemon-message': {
        this.#printForeign([event.kind === 'evaluation-log' ? event.line : event.text]);
        return;
      }
      case 'notice':
      case 'warning': {
        (event.kind === 'notice' ? this.#options.notice : this.#options.warn)(event.text);
        return;
      }
      default:
    }
  }

  #block(drvPath: DrvPath): string[] {
    const known = this.#blocks.get(drvPath);
    if (known) return known;
    const block: string[] = [];
    this.#blocks.set(drvPath, block);
    return block;
  }

  #printBlock(drvPath: DrvPath, title: string): void {
    const lines = this.#blocks.get(drvPath) ?? [];
    this.#blocks.delete(drvPath);
    if (lines.length === 0) {
      this.#write(title);
      return;
    }
    this.#write(`::group::${title}`);
    this.#printForeign(lines);
    this.#write('::endgroup::');
  }

  /** Text that is not ours: nothing in it can act as a workflow command. */
  #printForeign(lines: readonly string[]): void {
    if (!lines.some((line) => WORKFLOW_COMMAND.test(line))) {
      for (const line of lines) this.#write(line);
      return;
    }
    const token = randomUUID();
    this.#write(`::stop-commands::${token}`);
    for (const line of lines) this.#write(line);
    this.#write(`::${token}::`);
  }
}

function oneLine(event: StepEvent): string | undefined {
  switch (event.kind) {
    case 'connected':
      return `connected to ${event.remote} (${event.detail})`;
    case 'evaluated':
      return evaluatedLine(event);
    case 'not-skipped':
      return `evaluation cannot be skipped: ${event.why}`;
    case 'unchanged':
      return `nothing has changed: ${plural(event.attributes, 'attribute')} evaluated by an earlier run, and all are there`;
    case 'mode-chosen':
      return `mode ${event.mode}: ${event.reason}`;
    case 'to-build':
      return `${plural(event.attributes, 'derivation')} to build, ${event.cached} there already`;
    case 'uploading':
      return event.paths === 0
        ? undefined
        : `uploading ${plural(event.paths, 'path')}, ${formatBytes(event.bytes)}`;
    case 'copying':
      return event.paths === 0
        ? undefined
        : `copying back ${plural(event.paths, 'path')}, ${formatBytes(event.bytes)}`;
    case 'build-started':
      return `building ${derivationName(event.drvPath)}`;
    case 'attribute-done': {
      const { attribute, status } = event.outcome;
      return `${isGood(status) ? '✓' : '✗'} ${attribute}: ${status}`;
    }
    case 'line':
      return event.text;
    case 'phase-started':
    case 'phase-ended':
    case 'evaluation-log':
    case 'build-phase':
    case 'build-log':
    case 'build-stopped':
    case 'daemon-message':
    case 'notice':
    case 'warning':
      return undefined;
  }
}

/** A derivation's name without `.drv`. */
export function derivationName(drvPath: DrvPath): string {
  return storePathName(drvPath).replace(/\.drv$/, '');
}

function evaluatedLine(event: StepEvent & { readonly kind: 'evaluated' }): string {
  const failed = event.failed > 0 ? ` (${event.failed} failed)` : '';
  const others = event.passedOver.join(', ');
  const passedOver = others === '' ? '' : `; those for ${others} are not for this builder`;
  return `evaluated ${plural(event.attributes, 'attribute')}${failed}${passedOver}`;
}

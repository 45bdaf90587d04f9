import type { StepEvent } from '../build/events.ts';
import { LineTail } from '../build/line-tail.ts';
import { isGood } from '../domain/outcome.ts';
import type { DrvPath } from '../domain/store-path.ts';
import { derivationName } from './derivation-name.ts';
import { titleText, writeForeign } from './foreign-lines.ts';
import { plural } from './format.ts';
import { stoppedLine } from './log-lines.ts';

/** What is held back of one build's log for its block; all of it is in its log file. */
const BLOCK = { lines: 5000, characters: 1_000_000 };

/** Of a build of which only its result says how it ended, until that is there. */
const UNDECIDED = { lines: 30, characters: 20_000 };
const MAX_UNDECIDED = 100;

interface Block {
  readonly tail: LineTail;
  readonly builder: string | undefined;
  /** Characters that may still be shown as they come. */
  streamable: number;
  isStreaming: boolean;
}

/** Each build's output as one block: folded where it was built, open where it failed, as it comes where nothing else builds for long. */
export class BuildBlocks {
  readonly #write: (line: string) => void;
  readonly #blocks = new Map<DrvPath, Block>();
  readonly #undecided = new Map<DrvPath, LineTail>();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  hear(event: StepEvent): void {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the others are not about one build
    switch (event.kind) {
      case 'build-started': {
        this.#holdBackAll();
        this.#block(event.drvPath, event.builder);
        return;
      }
      case 'build-phase': {
        this.#add(event.drvPath, `▸ ${event.phase}`);
        return;
      }
      case 'build-log': {
        this.#add(event.drvPath, event.line);
        return;
      }
      case 'build-stopped': {
        const block = this.#block(event.drvPath);
        this.#blocks.delete(event.drvPath);
        const title = titleText(stoppedLine(event, block.builder));
        if (event.verdict === 'failed') this.#showOpen(title, event.drvPath, block);
        else this.#showFolded(title, block);
        if (event.verdict === 'unknown') this.#keepEnd(event.drvPath, block.tail);
        return;
      }
      case 'attribute-done': {
        if (!isGood(event.outcome.status)) this.#showEnd(event.outcome.drvPath);
        return;
      }
      default:
    }
  }

  /** To be called where nothing was shown for long: a build that is alone is shown as it goes on. */
  stream(): void {
    const [only, ...others] = this.#blocks;
    if (!only || others.length > 0) return;
    const [drvPath, block] = only;
    if (block.isStreaming || block.streamable <= 0 || block.tail.lines.length === 0) return;
    block.isStreaming = true;
    this.#write(`${derivationName(drvPath)} builds alone; its log as it comes:`);
    this.#showLines(block.tail);
    block.tail.clear();
  }

  /** Shows what builds had printed that never stopped: a hung one that was cancelled, or those of a lost connection. */
  close(): void {
    for (const [drvPath, block] of this.#blocks) {
      this.#showFolded(`${derivationName(drvPath)} did not end`, block);
    }
    this.#blocks.clear();
  }

  #block(drvPath: DrvPath, builder?: string): Block {
    const known = this.#blocks.get(drvPath);
    if (known) return known;
    const tail = new LineTail(BLOCK);
    const block = { tail, builder, streamable: BLOCK.characters, isStreaming: false };
    this.#blocks.set(drvPath, block);
    return block;
  }

  #add(drvPath: DrvPath, line: string): void {
    const block = this.#block(drvPath);
    if (block.isStreaming && block.streamable > 0) {
      block.streamable -= line.length + 1;
      writeForeign([line], this.#write);
    } else block.tail.push(line);
  }

  #keepEnd(drvPath: DrvPath, { lines }: LineTail): void {
    if (lines.length === 0 || this.#undecided.size >= MAX_UNDECIDED) return;
    const end = new LineTail(UNDECIDED);
    for (const line of lines.slice(-UNDECIDED.lines)) end.push(line);
    this.#undecided.set(drvPath, end);
  }

  /** Once, for attributes may share a derivation. */
  #showEnd(drvPath: DrvPath | undefined): void {
    const end = drvPath && this.#undecided.get(drvPath);
    if (!end) return;
    this.#undecided.delete(drvPath);
    this.#write('the end of its log:');
    writeForeign(end.lines, this.#write);
  }

  /** Others would stand between the lines. */
  #holdBackAll(): void {
    for (const block of this.#blocks.values()) block.isStreaming = false;
  }

  #showFolded(title: string, { tail }: Block): void {
    if (tail.lines.length === 0) {
      this.#write(title);
      return;
    }
    // The runner reads `%0A` in a command as a line feed.
    this.#write(`::group::${title.replaceAll('%', '%25')}`);
    this.#showLines(tail);
    this.#write('::endgroup::');
  }

  /** GitHub folds every group. */
  #showOpen(title: string, drvPath: DrvPath, { tail }: Block): void {
    const name = derivationName(drvPath);
    if (tail.lines.length === 0) {
      this.#write(`${title}, without a word`);
      return;
    }
    this.#write(`${title}; its log:`);
    this.#showLines(tail);
    this.#write(`── end of the log of ${name}`);
  }

  #showLines({ lines, dropped }: LineTail): void {
    if (dropped > 0) this.#write(`(${plural(dropped, 'line')} before this: see log-dir)`);
    writeForeign(lines, this.#write);
  }
}

import { StringDecoder } from 'node:string_decoder';

/**
 * Cuts a stream of bytes into lines of text: UTF-8 split over chunks is put together, `\r\n` counts as `\n`, and an
 * unterminated last line comes with {@link LineSplitter.end}.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    const lines = this.#decoder.write(chunk).split('\n');
    lines[0] = this.#rest + (lines[0] ?? '');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      this.#onLine(withoutCarriageReturn(line));
    }
  }

  end(): void {
    const last = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (last !== '') {
      this.#onLine(withoutCarriageReturn(last));
    }
  }
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

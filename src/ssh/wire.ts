/** A number as SSH writes it (RFC 4251, 5). */
export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Bytes behind their length (RFC 4251, 5, `string`). */
export function sshString(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Reads the fields of a message one after the other. What is cut off throws a RangeError. */
export class Fields {
  readonly #message: Buffer;
  #at = 0;

  constructor(message: Buffer) {
    this.#message = message;
  }

  byte(): number {
    const value = this.#message.readUInt8(this.#at);
    this.#at += 1;
    return value;
  }

  uint32(): number {
    const value = this.#message.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  /** A part of the message, not a copy. */
  string(): Buffer {
    const start = this.#at + 4;
    const end = start + this.#message.readUInt32BE(this.#at);
    if (end > this.#message.length) throw new RangeError('a string is cut off');
    this.#at = end;
    return this.#message.subarray(start, end);
  }

  text(): string {
    return this.string().toString('utf8');
  }
}

/** The longest packet that is taken: what OpenSSH itself takes (channels.c, CHANNEL_MUX_MAX_PACKET). */
const LONGEST = 256 * 1024;

/** Splits a stream into packets, each behind its length in four bytes: so do the client's multiplexing and agents. */
export class PacketSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * The packets that are whole with this chunk, without their lengths.
   * @throws RangeError for a length that no packet has
   */
  *push(chunk: Buffer): Iterable<Buffer> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (bytes.length >= 4) {
      const length = bytes.readUInt32BE(0);
      if (length > LONGEST) throw new RangeError(`a packet of ${length} bytes`);
      if (bytes.length < 4 + length) break;
      yield bytes.subarray(4, 4 + length);
      bytes = bytes.subarray(4 + length);
    }
    this.#rest = bytes;
  }
}

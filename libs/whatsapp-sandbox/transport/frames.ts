const HEADER = 3;

/** The stream broke a rule; the connection is of no use any more. */
export class FrameError extends Error {}

/** Splits a byte stream into frames of `length (3 bytes, big-endian) || body`, however the bytes are cut. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(private maxBytes: number) {}

  /** From now on frames may be this long. */
  allow(maxBytes: number): void {
    this.maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** The next whole frame, if it has arrived. Throws a FrameError as soon as a too long one is announced. */
  next(): Buffer | undefined {
    if (this.#size < HEADER) return undefined;
    const length = this.#peek(HEADER).readUIntBE(0, HEADER);
    if (length > this.maxBytes) throw new FrameError(`frame of ${length} bytes, at most ${this.maxBytes} are allowed`);
    if (this.#size < HEADER + length) return undefined;
    return this.take(HEADER + length)?.subarray(HEADER);
  }

  /** Exactly `length` bytes, or nothing when fewer have arrived. */
  take(length: number): Buffer | undefined {
    if (this.#size < length) return undefined;
    const all = this.#peek(length);
    const rest = all.subarray(length);
    this.#chunks[0] = rest;
    if (rest.length === 0) this.#chunks.shift();
    this.#size -= length;
    return all.subarray(0, length);
  }

  /** The first chunk, after joining as many as it takes to hold `length` bytes. */
  #peek(length: number): Buffer {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= length) return first;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}

export function frame(body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(HEADER + body.length);
  framed.writeUIntBE(body.length, 0, HEADER);
  framed.set(body, HEADER);
  return framed;
}

export const PROLOGUE = Buffer.from([0x57, 0x41, 6, 3]);
const ROUTING_PROLOGUE = Buffer.from([0x45, 0x44, 0, 1]);

/** Consumes what a client says before its first frame. False while more bytes are needed. */
export class PrologueReader {
  #routed = false;

  read(reader: FrameReader): boolean {
    for (;;) {
      if (this.#routed) {
        if (reader.next() === undefined) return false; // the routing info: this server routes nowhere
        this.#routed = false;
      }
      const start = reader.take(PROLOGUE.length);
      if (start === undefined) return false;
      if (start.equals(PROLOGUE)) return true;
      if (!start.equals(ROUTING_PROLOGUE)) throw new FrameError('the stream does not begin like WhatsApp');
      this.#routed = true;
    }
  }
}

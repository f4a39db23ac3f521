const headerBytes = 3;

/** The byte stream is invalid; the connection must be closed. */
export class FrameError extends Error {}

/** Splits a byte stream into frames of `length (3 bytes, big-endian) || body`. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(private maxBytes: number) {}

  /** Changes the limit for the next frames. */
  setMaxBytes(maxBytes: number): void {
    this.maxBytes = maxBytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** The next frame, if it is complete. Throws a FrameError once the header announces too long a frame. */
  next(): Buffer | undefined {
    if (this.#size < headerBytes) return undefined;
    const length = this.#peek(headerBytes).readUIntBE(0, headerBytes);
    if (length > this.maxBytes) throw new FrameError(`frame has ${length} bytes, at most ${this.maxBytes} are allowed`);
    if (this.#size < headerBytes + length) return undefined;
    return this.take(headerBytes + length)?.subarray(headerBytes);
  }

  /** Exactly `length` bytes; undefined if fewer have arrived. */
  take(length: number): Buffer | undefined {
    if (this.#size < length) return undefined;
    const all = this.#peek(length);
    const rest = all.subarray(length);
    this.#chunks[0] = rest;
    if (rest.length === 0) this.#chunks.shift();
    this.#size -= length;
    return all.subarray(0, length);
  }

  /** A chunk with at least `length` bytes, joined from several if necessary. */
  #peek(length: number): Buffer {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= length) return first;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}

export function frame(body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(headerBytes + body.length);
  framed.writeUIntBE(body.length, 0, headerBytes);
  framed.set(body, headerBytes);
  return framed;
}

export const prologue = Buffer.from([0x57, 0x41, 6, 3]);
const routingPrologue = Buffer.from([0x45, 0x44, 0, 1]);

/** Consumes the prologue of a stream. `read` returns false while more bytes are needed. */
export class PrologueReader {
  #routed = false;

  read(reader: FrameReader): boolean {
    for (;;) {
      if (this.#routed) {
        if (reader.next() === undefined) return false; // routing info is ignored
        this.#routed = false;
      }
      const start = reader.take(prologue.length);
      if (start === undefined) return false;
      if (start.equals(prologue)) return true;
      if (!start.equals(routingPrologue)) throw new FrameError('the stream does not start with the WhatsApp prologue');
      this.#routed = true;
    }
  }
}

import { randomBytes } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { LRUCache } from 'lru-cache';
import type { ErrorData } from '#lib/threads';

/** What processes send each other. */
export type Frame =
  | {
      readonly kind: 'ask';
      readonly id: string;
      /** The process that waits for the answer. */
      readonly from: string;
      readonly service: string;
      readonly method: string;
      readonly args: readonly unknown[];
    }
  /** It is still being done. */
  | { readonly kind: 'working'; readonly id: string }
  | { readonly kind: 'answer'; readonly id: string; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: string; readonly error: ErrorData }
  | { readonly kind: 'news'; readonly from: string; readonly topic: string; readonly news: unknown };

/** Seals what is sent, so that the server that carries it neither reads nor makes any of it. */
export type Seal = {
  readonly seal: (bytes: Uint8Array, context: string) => Buffer;
  /** @throws {Error} it was not sealed here, or for another channel. */
  readonly open: (sealed: Uint8Array, context: string) => Buffer;
};

/** Far below what Redis keeps for a reader that is slow. */
const partBytes = 1024 * 1024;
const idBytes = 8;
const headBytes = idBytes + 8;
/** Of those that have not arrived in full. */
const maxOpenFrames = 1000;
const maxWaitForPartsMs = 30_000;

/** The pieces in which a frame is published on a channel, in their order. */
export const partsOf = (frame: Frame, channel: string, { seal }: Seal): readonly Buffer[] => {
  const sealed = seal(serialize(frame), channel);
  const id = randomBytes(idBytes);
  const count = Math.ceil(sealed.length / partBytes);
  return Array.from({ length: count }, (_, index) => {
    const head = Buffer.concat([id, Buffer.alloc(headBytes - idBytes)]);
    head.writeUInt32BE(index, idBytes);
    head.writeUInt32BE(count, idBytes + 4);
    return Buffer.concat([head, sealed.subarray(index * partBytes, (index + 1) * partBytes)]);
  });
};

/** Puts frames together again. Answers undefined while one is not whole. @throws what `open` throws. */
export class Reassembly {
  private readonly open = new LRUCache<string, Buffer[]>({ max: maxOpenFrames, ttl: maxWaitForPartsMs });

  constructor(private readonly sealing: Seal) {}

  take(part: Buffer, channel: string): Frame | undefined {
    const id = part.subarray(0, idBytes).toString('hex');
    const [index, count] = [part.readUInt32BE(idBytes), part.readUInt32BE(idBytes + 4)];
    const parts = [...(index === 0 ? [] : (this.open.get(id) ?? [])), part.subarray(headBytes)];
    if (parts.length !== index + 1) return undefined; // one was lost, and with it the frame
    if (parts.length < count) {
      this.open.set(id, parts);
      return undefined;
    }
    this.open.delete(id);
    return deserialize(this.sealing.open(Buffer.concat(parts), channel)) as Frame;
  }
}

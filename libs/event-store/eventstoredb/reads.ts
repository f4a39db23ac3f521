import { BACKWARDS, END, FORWARDS, START, type Position, type ResolvedEvent } from '@eventstore/db-client';
import { matchesEvent, matchesNothing } from '../filter.js';
import type { ReadAll, ReadStream, StoredEvent } from '../port.js';
import type { Connection } from './connection.js';
import type { Decoded, Decoder } from './decoder.js';
import { closedError, isNoStream } from './errors.js';
import { positionFrom, positionOf } from './events.js';
import type { Limits } from './limits.js';
import type { Names } from './names.js';
import { persistently } from './persistence.js';

/** `$all` is read in requests for so many events: small ones first, because most callers want only a few. */
const chunkSizes = { first: 32, max: 1024 };

/** Where a read goes on after trouble. `given` is the position of the last event that was passed on, whatever became of it. */
type Cursor = { next: number | undefined; left: number; given?: number };

/** Reads of streams and of the whole log. */
export class LogReads {
  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
    private readonly decoder: Decoder,
    private readonly limits: Limits,
    private readonly head: () => Promise<number>,
  ) {}

  stream(stream: string, options: ReadStream = {}): AsyncIterable<StoredEvent> {
    const lastAtCall = atCall(() => this.lastRevision(stream));
    return { [Symbol.asyncIterator]: () => this.streamEvents(stream, options, lastAtCall()) };
  }

  all(options: ReadAll = {}): AsyncIterable<StoredEvent> {
    const headAtCall = atCall(this.head);
    return { [Symbol.asyncIterator]: () => this.allEvents(options, headAtCall()) };
  }

  /** The whole log with its damaged events, up to `head`. */
  decoded(head: number, from: Pick<ReadAll, 'from' | 'limit'> = {}): AsyncIterable<Decoded> {
    return this.decodedEvents(from, Promise.resolve(head));
  }

  /** The events of `$all` before a position, of whatever stream, from the latest to the earliest. */
  async *allBackwards(before: Position | typeof END, firstChunk = 1): AsyncGenerator<ResolvedEvent> {
    let from = before;
    for (let chunk = firstChunk; ; chunk = Math.min(chunk * 8, chunkSizes.max)) {
      let received = 0;
      for await (const event of this.connection.readAll({
        direction: BACKWARDS,
        fromPosition: from,
        maxCount: chunk,
      })) {
        received += 1;
        from = positionFrom(positionOf(event));
        yield event;
      }
      if (received < chunk) return;
    }
  }

  private async *streamEvents(
    stream: string,
    { direction = 'forwards', from, limit = Infinity }: ReadStream,
    lastAtCall: Promise<number> | undefined,
  ): AsyncGenerator<StoredEvent> {
    this.assertOpen();
    const last = (await lastAtCall) ?? Infinity;
    const isBackwards = direction === 'backwards';
    const next = isBackwards && last !== Infinity ? Math.min(from ?? last, last) : from;
    const cursor: Cursor = { next, left: limit };
    const part = () => this.streamPart(stream, isBackwards, cursor, last);
    yield* persistently(part, this.limits, this.connection.closed);
  }

  private async *streamPart(
    stream: string,
    isBackwards: boolean,
    cursor: Cursor,
    last: number,
  ): AsyncGenerator<StoredEvent> {
    if (cursor.left <= 0 || (cursor.next ?? 0) < 0) return;
    const events = this.connection.readStream(this.names.onServer(stream), {
      direction: isBackwards ? BACKWARDS : FORWARDS,
      fromRevision: cursor.next === undefined ? (isBackwards ? END : START) : BigInt(cursor.next),
      ...(cursor.left !== Infinity && { maxCount: cursor.left }),
    });
    try {
      for await (const resolved of events) {
        const decoded = this.decoder.decode(resolved);
        if (!decoded) continue;
        const { revision } = decoded.event;
        if (revision > last) return;
        const event = this.decoder.read(decoded);
        cursor.next = revision + (isBackwards ? -1 : 1);
        cursor.left -= 1;
        yield event;
        if (cursor.left <= 0) return;
      }
    } catch (error) {
      if (!isNoStream(error)) throw error;
    }
  }

  private async *allEvents(options: ReadAll, headAtCall: Promise<number> | undefined): AsyncGenerator<StoredEvent> {
    for await (const decoded of this.decodedEvents(options, headAtCall)) yield this.decoder.read(decoded);
  }

  private async *decodedEvents(
    { direction = 'forwards', from, limit = Infinity, filter }: ReadAll,
    headAtCall: Promise<number> | undefined,
  ): AsyncGenerator<Decoded> {
    this.assertOpen();
    if (filter && matchesNothing(filter)) return;
    const head = await (headAtCall ?? this.head());
    const matches = filter ? matchesEvent(filter) : () => true;
    const isForwards = direction === 'forwards';
    const cursor: Cursor = { next: isForwards ? from : Math.min(from ?? head, head), left: limit };
    const part = () => (isForwards ? this.forwardPart(cursor, head) : this.backwardPart(cursor));
    for await (const resolved of persistently(part, this.limits, this.connection.closed)) {
      const decoded = this.decoder.decode(resolved);
      if (!decoded || !matches(decoded)) continue;
      cursor.left -= 1;
      yield decoded;
      if (cursor.left <= 0) return;
    }
  }

  private async *forwardPart(cursor: Cursor, head: number): AsyncGenerator<ResolvedEvent> {
    if ((cursor.next ?? 0) > head) return;
    for (let chunk = chunkSizes.first; cursor.left > 0; chunk = Math.min(chunk * 8, chunkSizes.max)) {
      const { next = 0 } = cursor;
      const fromPosition = next === 0 ? START : positionFrom(next);
      let received = 0;
      for await (const event of this.connection.readAll({ direction: FORWARDS, fromPosition, maxCount: chunk })) {
        received += 1;
        const position = positionOf(event);
        if (position > head) return;
        if (position <= (cursor.given ?? -1)) continue; // a read includes the event that it starts at
        [cursor.next, cursor.given] = [position, position];
        yield event;
      }
      if (received < chunk) return;
    }
  }

  private async *backwardPart(cursor: Cursor): AsyncGenerator<ResolvedEvent> {
    const { next = 0 } = cursor;
    if (next === 0 || cursor.left <= 0) return;
    const fromPosition = positionFrom(next);
    if (cursor.given === undefined) {
      // A read backwards leaves out the event that it starts at.
      for await (const event of this.connection.readAll({ direction: FORWARDS, fromPosition, maxCount: 1 })) {
        if (positionOf(event) !== next) continue;
        cursor.given = next;
        yield event;
      }
    }
    for await (const event of this.allBackwards(fromPosition, chunkSizes.first)) {
      const position = positionOf(event);
      [cursor.next, cursor.given] = [position, position];
      yield event;
    }
  }

  private async lastRevision(stream: string): Promise<number> {
    for await (const { revision } of this.streamEvents(stream, { direction: 'backwards', limit: 1 }, undefined)) {
      return revision;
    }
    return -1;
  }

  private assertOpen(): void {
    if (this.connection.closed.aborted) throw closedError();
  }
}

/**
 * What was last at the time of a call, for iterations that begin later. It is not asked for where the iteration begins at once, as almost
 * all do.
 */
const atCall = (read: () => Promise<number>): (() => Promise<number> | undefined) => {
  let hasBegun = false;
  let last: Promise<number> | undefined;
  queueMicrotask(() => {
    if (hasBegun) return;
    last = read();
    last.catch(() => {}); // thrown to those who iterate
  });
  return () => {
    hasBegun = true;
    return last;
  };
};

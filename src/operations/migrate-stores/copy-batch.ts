import { createHash } from 'node:crypto';
import { InvalidAppend, passedOver, type EventStore, type StoredEvent, type StreamAppend } from '#lib/event-store';
import { idFromHash } from '#lib/ids';
import { MoveRefused } from './move-refused.js';

const maxBatchEvents = 500;
/** A server refuses more than 1 MiB in one append, unless it is configured otherwise. */
const maxBatchBytes = 512 * 1024;
/** What the adapters add to the metadata of an event: when it was recorded, and longer names. */
const addedMetadataBytes = 128;

/** Events that are appended at once and keep their order: of several streams where the store can do that, each stream once. */
export class CopyBatch {
  private readonly appends = new Map<string, StoredEvent[]>();
  private events = 0;
  private bytes = 0;
  private last: StoredEvent | undefined;

  constructor(private readonly copy: EventStore) {}

  /** Whether an event can be added, which is always so for the first one. */
  takes(event: StoredEvent): boolean {
    const { stream } = event;
    if (this.last === undefined) return true;
    return (
      this.events < maxBatchEvents &&
      this.bytes + bytesOf(event) <= maxBatchBytes &&
      (stream === this.last.stream || (this.copy.capabilities.multiStream && !this.appends.has(stream)))
    );
  }

  add(event: StoredEvent): void {
    const ofStream = this.appends.get(event.stream);
    if (ofStream) ofStream.push(event);
    else this.appends.set(event.stream, [event]);
    this.events += 1;
    this.bytes += bytesOf(event);
    this.last = event;
  }

  /** @throws {MoveRefused} the copy can never hold it, since an event is too large for its server. */
  async append(): Promise<void> {
    try {
      await this.copy.appendMany([...this.appends].map(asAppend));
    } catch (error) {
      if (!(error instanceof InvalidAppend) || !this.last) throw error;
      const { position, type, stream } = this.last;
      const which = this.events === 1 ? `event ${position}` : `${this.events} events up to event ${position}`;
      throw new MoveRefused(
        `The target does not take ${which} (${type} of ${stream}, ${this.bytes} bytes): ${error.message}. ` +
          'Raise its limit, then call this again: it goes on from there',
        { cause: error },
      );
    }
  }
}

const bytesOf = ({ type, data, metadata }: StoredEvent): number =>
  type.length * 2 + bytesAsJson(data) + bytesAsJson(metadata) + addedMetadataBytes;

const bytesAsJson = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '', 'utf8');

const asAppend = ([stream, events]: readonly [string, readonly StoredEvent[]]): StreamAppend => {
  const [first] = events as readonly [StoredEvent];
  return {
    stream,
    expected: first.revision === 0 ? 'no_stream' : first.revision - 1,
    events: events.map((event) => {
      const { type, data, metadata, recordedAt } = event;
      return { id: idOf(event), type, data, metadata, recordedAt };
    }),
  };
};

/** What stands in the place of a damaged event has no id of its own. It is the same when the copy is made again. */
const idOf = ({ id, type, stream, revision }: StoredEvent): string =>
  type === passedOver ? idFromHash(createHash('sha256').update(`${passedOver} ${revision} ${stream}`).digest()) : id;

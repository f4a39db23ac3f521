import type { ResolvedEvent } from '@eventstore/db-client';
import { readMetadata } from '../copied.js';
import { placeholder, type DamagedEvents } from '../damaged-events.js';
import type { CorruptEvent } from '../errors.js';
import { passedOver, type StoredEvent } from '../port.js';
import { onServer, positionOf } from './events.js';
import type { Names } from './names.js';

/** The type of the server's own events, among them the one that ends a stream for good. */
const systemTypePrefix = '$';

/** An event that came from the server. If it is damaged, `problem` says how, and `event` is what stands in its place. */
export type Decoded = {
  readonly stream: string;
  /** The type with which it was written: filters go by it, also when the event is damaged. */
  readonly type: string;
  readonly event: StoredEvent;
  readonly problem: string | undefined;
};

/** Turns what the server sends into events of the port. */
export class Decoder {
  constructor(
    private readonly names: Names,
    private readonly damaged: DamagedEvents,
  ) {}

  /** Undefined if the event is the server's own, another installation's, or says itself that it is not JSON. */
  decode(resolved: ResolvedEvent): Decoded | undefined {
    const { event } = resolved;
    const stream = event && this.names.ofServer(event.streamId);
    if (!event?.isJson || stream === undefined || isOfServer(event.type)) return undefined;
    const { id, type, data } = event;
    const { metadata, recordedAt } = readMetadata(metadataOf(event.metadata), event.created.toISOString());
    const place = {
      stream,
      revision: Number(event.revision),
      position: positionOf(resolved),
      recordedAt,
    };
    return isJson(data, metadata)
      ? { stream, type, event: { id, type, data, metadata, ...place }, problem: undefined }
      : { stream, type, event: placeholder(place), problem: 'its data is not JSON' };
  }

  /** Why an event cannot be read; undefined if it can, or is passed over. */
  failureOf({ event: { position }, problem }: Decoded): CorruptEvent | undefined {
    if (problem === undefined || this.damaged.isPassedOver(position)) return undefined;
    return this.damaged.error({ position, problem });
  }

  /** @throws {CorruptEvent} */
  read(decoded: Decoded): StoredEvent {
    const failure = this.failureOf(decoded);
    if (failure) throw failure;
    return decoded.event;
  }
}

/** What stands in the place of a damaged event was copied from another log. */
const isOfServer = (type: string): boolean => type.startsWith(systemTypePrefix) && type !== passedOver;

/** The client returns text that it cannot parse as it is. Text that this program wrote as JSON has its metadata beside it. */
const isJson = (data: unknown, { schemaVersion }: StoredEvent['metadata']): boolean =>
  typeof data !== 'string' || schemaVersion !== undefined;

const metadataOf = (stored: unknown): StoredEvent['metadata'] => {
  const {
    [onServer.correlationId]: correlationId,
    [onServer.causationId]: causationId,
    ...rest
  } = (stored ?? {}) as Record<string, unknown>;
  return { correlationId, causationId, ...rest } as StoredEvent['metadata'];
};

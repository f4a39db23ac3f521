import type { Position, ResolvedEvent } from '@eventstore/db-client';
import type { NewEvent, StoredEvent } from '../port.js';
import type { SerializedEvent } from '../serialize.js';
import type { WireEvent } from './append-call.js';
import type { Names } from './names.js';

/** What the server's own tools know these two by. */
const onServer = { correlationId: '$correlationId', causationId: '$causationId' } as const;

/** The type of the server's own events, among them the one that ends a stream for good. */
const systemTypePrefix = '$';

export const toWireEvent = ({ metadata }: NewEvent, [id, type, data]: SerializedEvent): WireEvent => {
  const { correlationId, causationId, ...rest } = metadata;
  const named = { [onServer.correlationId]: correlationId, [onServer.causationId]: causationId, ...rest };
  return { id, type, data, metadata: JSON.stringify(named) };
};

export const positionFrom = (position: number): Position => ({ commit: BigInt(position), prepare: BigInt(position) });

/** @throws {RangeError} the server is too old to tell the positions of events. */
export const positionOf = ({ event }: ResolvedEvent): number => {
  const position = Number(event?.position?.commit ?? Infinity);
  if (!Number.isSafeInteger(position)) throw new RangeError('The server does not tell the position of an event');
  return position;
};

/** The event as the port knows it; undefined if it is the server's own, another's, or none that this adapter writes. */
export const toStoredEvent = (names: Names, resolved: ResolvedEvent): StoredEvent | undefined => {
  const { event } = resolved;
  const stream = event && names.ofServer(event.streamId);
  if (!event?.isJson || stream === undefined || event.type.startsWith(systemTypePrefix)) return undefined;
  return {
    id: event.id,
    type: event.type,
    data: event.data,
    metadata: metadataOf(event.metadata),
    stream,
    revision: Number(event.revision),
    position: positionOf(resolved),
    recordedAt: event.created.toISOString(),
  };
};

const metadataOf = (stored: unknown): StoredEvent['metadata'] => {
  const {
    [onServer.correlationId]: correlationId,
    [onServer.causationId]: causationId,
    ...rest
  } = (stored ?? {}) as Record<string, unknown>;
  return { correlationId, causationId, ...rest } as StoredEvent['metadata'];
};

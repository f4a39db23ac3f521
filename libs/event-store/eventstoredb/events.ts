import type { Position, ResolvedEvent } from '@eventstore/db-client';
import { storedMetadata } from '../copied.js';
import type { NewEvent } from '../port.js';
import type { SerializedEvent } from '../serialize.js';
import type { WireEvent } from './append-call.js';

/** What the server's own tools know these two by. */
export const onServer = { correlationId: '$correlationId', causationId: '$causationId' } as const;

export const toWireEvent = (event: NewEvent, [id, type, data]: SerializedEvent): WireEvent => {
  const { correlationId, causationId, ...rest } = storedMetadata(event) as NewEvent['metadata'];
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

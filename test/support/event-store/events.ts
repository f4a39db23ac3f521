import type { NewEvent } from '#lib/event-store';
import { v4 as randomId, v7 as orderedId } from 'uuid';

/** A new event, with an id of version 4 or 7. */
export const newEvent = (type = 'MessageQueued', data: unknown = { text: 'Your parcel is here.' }): NewEvent => ({
  id: Math.random() < 0.5 ? randomId() : orderedId(),
  type,
  data,
  metadata: {
    correlationId: orderedId(),
    causationId: orderedId(),
    actor: { kind: 'system', id: 'test' },
    schemaVersion: 1,
  },
});

export const newEvents = (count: number, type?: string): readonly NewEvent[] =>
  Array.from({ length: count }, (_, index) => newEvent(type, { index }));

/** A new stream name. */
export const newStream = (category = 'message'): string => `${category}-${orderedId()}`;

/** All values of an iteration. */
export const collect = async <Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};

export const idsOf = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);

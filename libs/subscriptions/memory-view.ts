import type { Event, EventTypes, OfType, Recorded } from '#lib/event-sourcing';
import type { Json } from '#lib/json';

/** What a memory view holds: named tables of plain JSON, so that a snapshot can be made of any of them. */
export type Tables = { readonly [name: string]: Map<string, Json> };

/**
 * A small fold of the log that requests read without I/O: who may call, which session belongs to whom. Pure: the same events always
 * fill the same tables.
 */
export type MemoryView<T extends Tables = Tables, E extends Event = Event> = {
  /** Lower-case words joined by dashes. */
  readonly name: string;
  /** Raised when the handlers put something else into the tables than before: snapshots of former versions are then passed over. */
  readonly version: number;
  /** The events that it may know; of these, only those with a handler are read. */
  readonly from: readonly EventTypes[];
  /** The tables as they are before the first event. */
  readonly tables: () => T;
  /** Changes the tables for an event. Never throws. */
  readonly on: { readonly [K in E['type']]?: (tables: T, event: Recorded<OfType<E, K>>) => void };
};

export const memoryView = <T extends Tables, E extends Event>(definition: MemoryView<T, E>): MemoryView<T> =>
  definition as unknown as MemoryView<T>;

/** Changes the tables of a view for an event; those without a handler change nothing. */
export const applyEvent = <T extends Tables>({ on }: MemoryView<T>, tables: T, event: Recorded): void => {
  const handlers = on as { readonly [type: string]: ((tables: T, event: Recorded) => void) | undefined };
  handlers[event.type]?.(tables, event);
};

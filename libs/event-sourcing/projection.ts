import type { AnyCollection, Collection, Fields, Write } from '#lib/read-models';
import type { EventTypes } from './event-types.js';
import type { Event, OfType, Recorded } from './message.js';

type WritesOf<E extends Event> = {
  readonly [T in E['type']]?: (event: Recorded<OfType<E, T>>) => Write | readonly Write[];
};

/** Turns events into writes to one view. Pure, and reads nothing: the same events always lead to the same view. */
export type Projection<E extends Event = Event> = {
  /** The view that it fills. Raise the view's version when the writes change: the view is then rebuilt. */
  readonly into: AnyCollection;
  /** The events that may have a handler; of these, only those that have one are read. */
  readonly from: readonly EventTypes[];
  readonly on: WritesOf<E>;
};

export const projection = <E extends Event, Doc extends Fields = Fields>(definition: {
  readonly into: Collection<Doc>;
  readonly from: readonly EventTypes[];
  readonly on: WritesOf<E>;
}): Projection => definition as unknown as Projection;

/** The writes that an event leads to: none if the projection has no handler for it. */
export const project = (projection: Projection, event: Recorded): readonly Write[] => {
  const handlers = projection.on as {
    readonly [type: string]: ((event: Recorded) => Write | readonly Write[]) | undefined;
  };
  const writes = handlers[event.type]?.(event) ?? [];
  return isWrite(writes) ? [writes] : writes;
};

const isWrite = (writes: Write | readonly Write[]): writes is Write => 'op' in writes;

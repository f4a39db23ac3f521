import type { EventTypes } from './event-types.js';
import type { AnyCommand, Event, OfType, Recorded } from './message.js';

type Reactions<E extends Event, C extends AnyCommand> = {
  readonly [T in E['type']]?: (event: Recorded<OfType<E, T>>) => readonly C[];
};

/**
 * Answers events with commands. Has no state and does no I/O. An event may come late, and again after a crash: executing its commands a
 * second time must change nothing.
 */
export type Saga<E extends Event = Event, C extends AnyCommand = AnyCommand> = {
  /** Lower-case words joined by dashes; also the name of its subscription. Its progress is stored under this name: never reuse it. */
  readonly name: string;
  /**
   * Where it starts while it has no progress. `beginning`: it handles every event in the log. `now`: it handles events that are appended
   * after its first start. Changing it has no effect on a saga that has started before.
   */
  readonly startFrom: 'beginning' | 'now';
  /** The events that may have a handler; of these, only those that have one are read. */
  readonly from: readonly EventTypes[];
  /** Events with the same key are handled in order, those with different keys side by side. Default: the stream. */
  readonly keyOf?: (event: Recorded<E>) => string;
  readonly on: Reactions<E, C>;
};

export const saga = <E extends Event, C extends AnyCommand>(definition: Saga<E, C>): Saga =>
  definition as unknown as Saga;

/** The commands that an event leads to: none if the saga has no handler for it. */
export const react = (saga: Saga, event: Recorded): readonly AnyCommand[] => {
  const reactions = saga.on as { readonly [type: string]: ((event: Recorded) => readonly AnyCommand[]) | undefined };
  return reactions[event.type]?.(event) ?? [];
};

/**
 * A saga that answers many events at once, in the order of the log, where a command for each would cost too much. A page comes again after a
 * crash, also with more events behind it: executing its commands a second time must change nothing.
 */
export type PageSaga = Pick<Saga, 'name' | 'startFrom'> & {
  readonly from: readonly EventTypes[];
  /** The types of events that it reads. */
  readonly types: readonly string[];
  readonly onPage: (events: readonly Recorded[]) => readonly AnyCommand[];
};

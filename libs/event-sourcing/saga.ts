import type { EventTypes } from './event-types.js';
import type { Command, Event, OfType, Recorded } from './message.js';

type Reactions<E extends Event, C extends Command> = {
  readonly [T in E['type']]?: (event: Recorded<OfType<E, T>>) => readonly C[];
};

/**
 * Answers events with commands. Keeps no state and does no I/O. An event may come again after a crash, and late: the commands must be
 * such that doing them twice changes nothing.
 */
export type Saga<E extends Event = Event, C extends Command = Command> = {
  /** Lower-case words joined by dashes; also the name of its subscription. Never reused for something else. */
  readonly name: string;
  readonly from: readonly EventTypes[];
  /** Events with the same key are handled in order, one after the other; others side by side. Default: the stream. */
  readonly keyOf?: (event: Recorded<E>) => string;
  readonly on: Reactions<E, C>;
};

export const saga = <E extends Event, C extends Command>(definition: Saga<E, C>): Saga => definition as unknown as Saga;

/** The commands that an event leads to. */
export const react = (saga: Saga, event: Recorded): readonly Command[] => {
  const reactions = saga.on as { readonly [type: string]: ((event: Recorded) => readonly Command[]) | undefined };
  return reactions[event.type]?.(event) ?? [];
};

import type { EventTypes } from './event-types.js';
import type { Command, Event, OfType } from './message.js';

/** The rules of one kind of stream, as pure functions: time, ids and randomness are part of the command. */
export type Decider<C extends Command = Command, E extends Event = Event, S = unknown> = {
  /** The events that its streams hold. */
  readonly events: EventTypes;
  /** The id of the stream that a command is for; the stream is `<category>-<id>`. */
  readonly idOf: (command: C) => string;
  readonly initialState: S;
  /**
   * For streams that may grow long: their states, which must be plain JSON, are stored, so that only what is new is read after a start.
   * Raise it when `evolve` makes another state of the same events.
   */
  readonly snapshotVersion?: number;
  /** The events that a command leads to: none if it is done already. @throws {DomainError} the command is not allowed. */
  readonly decide: { readonly [T in C['type']]: (data: OfType<C, T>['data'], state: S) => readonly E[] };
  /** The state after an event. Never throws. */
  readonly evolve: { readonly [T in E['type']]: (state: S, data: OfType<E, T>['data']) => S };
};

export const decider = <C extends Command, E extends Event, S>(definition: Decider<C, E, S>): Decider<C, E, S> =>
  definition;

export const streamOf = <C extends Command, E extends Event, S>(decider: Decider<C, E, S>, command: C): string =>
  `${decider.events.category}-${decider.idOf(command)}`;

/** The events that a command leads to. @throws {DomainError} */
export const decide = <C extends Command, E extends Event, S>(
  decider: Decider<C, E, S>,
  command: C,
  state: S,
): readonly E[] => {
  const rule: (data: unknown, state: S) => readonly E[] = decider.decide[command.type as C['type']];
  return rule(command.data, state);
};

/** The state after these events. Events that the decider does not know (of a newer or older version) change nothing. */
export const fold = <C extends Command, E extends Event, S>(
  decider: Decider<C, E, S>,
  events: readonly Event[],
  state: S = decider.initialState,
): S => {
  const evolve = decider.evolve as { readonly [type: string]: ((state: S, data: unknown) => S) | undefined };
  return events.reduce((before, event) => evolve[event.type]?.(before, event.data) ?? before, state);
};

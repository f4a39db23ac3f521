/** A fact: named in the past tense, plain JSON, never changed once stored. */
export type Event<Type extends string = string, Data = unknown> = { readonly type: Type; readonly data: Data };

declare const answerType: unique symbol;

/** What a decider's command led to. */
export type CommandResult = {
  /** How many events were appended: 0 where the command was done already. */
  readonly events: number;
  /** Position of the stream's last event: a view that has come this far shows what the command did. */
  readonly position: number;
};

/**
 * A request to change something, as plain JSON: named in the imperative (`SendMessage`), or after the fact that it records
 * (`RecordMessageSent`). `Answer` is what the command bus resolves with; it exists for the compiler only.
 */
export type Command<Type extends string = string, Data = unknown, Answer = CommandResult> = {
  readonly type: Type;
  readonly data: Data;
  readonly [answerType]?: Answer;
};

/** Any command, whatever it answers. */
export type AnyCommand = Command<string, unknown, unknown>;

/** A question, as plain JSON, with the type of its answer (for the compiler only). */
export type Query<Type extends string = string, Data = unknown, Answer = unknown> = {
  readonly type: Type;
  readonly data: Data;
  readonly [answerType]?: Answer;
};

/** What the bus answers to a command or query. */
export type AnswerOf<M> = M extends { readonly [answerType]?: infer Answer } ? Answer : never;

/** Who caused something: `id` is the user's, key's or admin's id, or the name of the part of the system that acted. */
export type Actor = { readonly kind: 'user' | 'key' | 'admin' | 'system'; readonly id: string };

/** What an event carries beside its data. */
export type Metadata = {
  /** The same for everything that followed from one request. */
  readonly correlationId: string;
  /** The id of the request, command or event that led to this one. */
  readonly causationId: string;
  readonly actor: Actor;
  /** The version of the event's schema, from 1. */
  readonly schemaVersion: number;
};

/** An event as it is read back: where it stands, when it was recorded, and what caused it. */
export type Recorded<E extends Event = Event> = E & {
  readonly id: string;
  readonly stream: string;
  /** Place in its stream, from 0. */
  readonly revision: number;
  /** Place among all events, strictly increasing. */
  readonly position: number;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly metadata: Metadata;
};

/** The event (or command) of a union that has this type. */
export type OfType<M extends { readonly type: string }, T extends M['type']> = Extract<M, { readonly type: T }>;

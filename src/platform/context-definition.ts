import type { Type } from '@nestjs/common';
import type { Command, Decider, Projection, Saga } from '#lib/event-sourcing';
import type { AnyCollection, ReadModels } from '#lib/read-models';
import type { CommandContext } from './command-context.js';

/** A question, as plain JSON: controllers give it to the `QueryBus`. */
export type Query<Name extends string = string, Data = unknown> = { readonly type: Name; readonly data: Data };

/** How a question is answered, and the views that must have caught up with the asker's own writes first. */
export type QueryHandler<Q extends Query = Query, Answer = unknown> = {
  readonly reads: readonly AnyCollection[];
  readonly answer: (data: Q['data'], models: ReadModels) => Promise<Answer>;
};

/**
 * Does one thing to the outside world for a command and returns the commands that record how it went.
 * Called again after a crash with the same command: must be safe to run twice.
 */
export interface Effect<C extends Command = Command> {
  run(command: C, context: CommandContext): Promise<readonly Command[]>;
}

/** Everything that a context adds to the service, but for its routes. */
export type ContextDefinition = {
  readonly name: string;
  readonly deciders: readonly AnyDecider[];
  readonly projections?: readonly Projection[];
  readonly sagas?: readonly Saga[];
  /** By the type of the command that they are for. */
  readonly effects?: { readonly [commandType: string]: Type<Effect> };
  readonly queries?: { readonly [queryType: string]: QueryHandler };
};

/** A decider of any commands, events and state: the registry only ever gives it what its own keys name. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyDecider = Decider<any, any, any>;

export const defineContext = (definition: ContextDefinition): ContextDefinition => definition;

/** Types a query's handler by the question that it answers. */
export const queryHandler = <Q extends Query, Answer>(handler: QueryHandler<Q, Answer>): QueryHandler =>
  handler as unknown as QueryHandler;

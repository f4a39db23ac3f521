import type { Type } from '@nestjs/common';
import type { AnswerOf, AnyCommand, Command, Decider, PageSaga, Projection, Query, Saga } from '#lib/event-sourcing';
import type { AnyCollection, Fields, ViewReader } from '#lib/read-models';
import type { CommandContext } from './command-context.js';
import type { ViewGauge } from './metrics/view-gauge.js';
import type { SessionLookup } from './public-events/event-sessions.js';
import type { PublicResource } from './public-events/public-resource.js';
import type { StreamView } from './views/documents.js';

/** How a query is answered, and all views that it reads: they must be complete and show the asker's own writes first. */
export type QueryHandler<Q extends Query = Query> = {
  readonly reads: readonly AnyCollection[];
  /** Nothing is waited for: the views are read as they are, and the answer may say how far they had come. */
  readonly isAnsweredAtOnce?: true;
  /** `shownUpTo`: the position of the log up to which the views show everything. */
  readonly answer: (data: Q['data'], models: ViewReader, shownUpTo: number) => Promise<AnswerOf<Q>>;
};

/** How a question about one thing is answered. It is never denied because its view is behind: see `Documents`. */
export type DocumentQueryHandler<Q extends Query = Query, Doc extends Fields = Fields> = {
  readonly of: StreamView<Doc>;
  readonly id: (data: Q['data']) => string;
  /** @throws {DomainError} */
  readonly answer: (
    document: Doc | undefined,
    data: Q['data'],
    models: ViewReader,
  ) => AnswerOf<Q> | Promise<AnswerOf<Q>>;
};

/** Handles a command that takes more than one decider's rules: it looks things up, checks limits, and gives further commands. */
export interface CommandHandler<C extends AnyCommand = AnyCommand> {
  /** @throws {DomainError} */
  execute(command: C, context: CommandContext): Promise<AnswerOf<C>>;
}

/**
 * Does one thing to the outside world for a command and returns the commands that record the outcome.
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
  readonly pageSagas?: readonly PageSaga[];
  /** By the type of the command that they handle. */
  readonly commands?: { readonly [commandType: string]: Type<CommandHandler> };
  /** By the type of the command that they are for. */
  readonly effects?: { readonly [commandType: string]: Type<Effect> };
  readonly queries?: { readonly [queryType: string]: QueryHandler | DocumentQueryHandler };
  /** What users are told of its log, by webhook and live. */
  readonly publicEvents?: readonly PublicResource[];
  /** What monitoring is told of its views. */
  readonly viewGauges?: readonly ViewGauge[];
  /** Where those of all contexts find the session that they name. */
  readonly eventSessions?: SessionLookup;
};

/** A decider of any commands, events and state: the registry only ever gives it what its own keys name. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyDecider = Decider<any, any, any>;

export const defineContext = (definition: ContextDefinition): ContextDefinition => definition;

/** Types a query's handler by the question that it answers. */
export const queryHandler = <Q extends Query>(handler: QueryHandler<Q>): QueryHandler =>
  handler as unknown as QueryHandler;

/** The same for a question about one thing. */
export const documentQueryHandler = <Q extends Query, Doc extends Fields>(
  handler: DocumentQueryHandler<Q, Doc>,
): DocumentQueryHandler => handler as unknown as DocumentQueryHandler;

import { Injectable } from '@nestjs/common';
import { QueryBus as NestQueryBus, type AsyncContext } from '@nestjs/cqrs';
import type { AnswerOf, Query } from '#lib/event-sourcing';
import { commandContextIn, type CommandContext } from '../command-context.js';

type Handle = (query: Query, context: CommandContext) => Promise<unknown>;

/** Nest's `QueryBus` for queries that are plain JSON: routed by their `type` instead of by a class. */
@Injectable()
export class QueryBus extends NestQueryBus<Query> {
  private readonly routes = new Map<string, Handle>();

  /** Says who answers the queries of a type. @throws {Error} the type has a handler already. */
  route(type: string, handle: Handle): void {
    if (this.routes.has(type)) throw new Error(`The query ${type} has two handlers`);
    this.routes.set(type, handle);
  }

  /** Answers a query from a view that shows what the context's actor wrote before. @throws {DomainError} */
  override execute<Q extends Query>(query: Q, context: CommandContext): Promise<AnswerOf<Q>>;
  override execute(query: object, context?: AsyncContext): Promise<never>;
  override async execute(given: object, context?: AsyncContext): Promise<unknown> {
    const query = given as Query;
    const handle = this.routes.get(query.type);
    if (!handle) throw new Error(`No handler for the query ${query.type}`);
    return handle(query, commandContextIn(context));
  }
}

import { Injectable } from '@nestjs/common';
import { QueryBus, type AsyncContext } from '@nestjs/cqrs';
import { commandContextIn, type CommandContext } from '../command-context.js';
import type { Query } from '../context-definition.js';

type Answer = (query: Query, context: CommandContext) => Promise<unknown>;

/** The `QueryBus` for queries that are plain JSON: routed by their `type` instead of by a class. */
@Injectable()
export class QueryRouter extends QueryBus<Query> {
  private readonly routes = new Map<string, Answer>();

  /** Says who answers the queries of a type. Each type has one place. */
  route(type: string, answer: Answer): void {
    if (this.routes.has(type)) throw new Error(`Two places answer the query ${type}`);
    this.routes.set(type, answer);
  }

  /** Answers a query (plain JSON, of a routed type), from a view that shows what its `CommandContext`'s actor wrote before. */
  override async execute<Result>(given: object, context?: AsyncContext): Promise<Result> {
    const query = given as Query;
    const answer = this.routes.get(query.type);
    if (!answer) throw new Error(`Nobody answers the query ${query.type}`);
    return (await answer(query, commandContextIn(context))) as Result;
  }
}

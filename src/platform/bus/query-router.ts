import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { Query } from '../context.js';

/** The `QueryBus` for queries that are plain JSON: routed by their `type` instead of by a class. */
@Injectable()
export class QueryRouter extends QueryBus<Query> {
  private readonly routes = new Map<string, (query: Query) => Promise<unknown>>();

  /** Says who answers the queries of a type. Each type has one place. */
  route(type: string, answer: (query: Query) => Promise<unknown>): void {
    if (this.routes.has(type)) throw new Error(`Two places answer the query ${type}`);
    this.routes.set(type, answer);
  }

  /** Answers a query (plain JSON, of a routed type). */
  override async execute<Answer>(given: object): Promise<Answer> {
    const query = given as Query;
    const answer = this.routes.get(query.type);
    if (!answer) throw new Error(`Nobody answers the query ${query.type}`);
    return (await answer(query)) as Answer;
  }
}

import { Injectable } from '@nestjs/common';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { findLinkedSession } from '../sessions/linked-session.contract.js';
import type { GroupPlace } from './recorder.js';

/** Finds the session and the account that a request is about. */
@Injectable()
export class Places {
  constructor(private readonly queries: QueryBus) {}

  /** @throws as `findLinkedSession` does */
  of(context: CommandContext, userId: string, sessionId: string | undefined): Promise<GroupPlace> {
    return findLinkedSession(this.queries, context, { userId, sessionId });
  }
}

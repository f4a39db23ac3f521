import { Inject, Injectable } from '@nestjs/common';
import type { CommandContext } from '../platform/command-context.js';
import { LINKED_SESSIONS, type LinkedSessions } from '../sessions/linked-sessions.contract.js';
import type { GroupPlace } from './recorder.js';

/** Finds the session and the account that a request is about. */
@Injectable()
export class Places {
  constructor(@Inject(LINKED_SESSIONS) private readonly sessions: LinkedSessions) {}

  /** @throws as `LinkedSessions.of` does */
  of(context: CommandContext, userId: string, sessionId: string | undefined): Promise<GroupPlace> {
    return this.sessions.of({ userId, sessionId }, context);
  }
}

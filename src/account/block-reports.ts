import { Inject, Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import { LINKED_SESSIONS, type LinkedSessions } from '../sessions/linked-sessions.contract.js';
import { REPORTS, type ReportOf, type Reports } from '../sessions/reports.contract.js';
import type { RecordBlockList } from './block-list.decider.js';

/** Records whom accounts block, whoever changed it. */
@Injectable()
export class BlockReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    @Inject(LINKED_SESSIONS) private readonly sessions: LinkedSessions,
  ) {
    reports.record('blocks', {
      keyOf: () => 'blocks',
      commandsFor: (sessionId, report, at) => this.commandsFor(sessionId, report, at),
    });
  }

  /** None where the session was deleted. */
  private async commandsFor(
    sessionId: string,
    { account, blocked }: ReportOf<'blocks'>,
    at: string,
  ): Promise<readonly Command[]> {
    const session = await this.sessions.reported(sessionId);
    if (!session) return [];
    const people = blocked.map(({ phoneNumber, lid }) => ({ phoneNumber, lid }));
    const data = { sessionId, userId: session.userId, account, blocked: people, at };
    return [{ type: 'RecordBlockList', data } satisfies RecordBlockList];
  }
}

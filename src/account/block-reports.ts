import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type Command } from '#lib/event-sourcing';
import { QueryBus } from '../platform/bus/query-bus.js';
import { CommandContext } from '../platform/command-context.js';
import { REPORTS, type ReportOf, type Reports } from '../sessions/reports.contract.js';
import type { GetSession } from '../sessions/session-view.contract.js';
import type { RecordBlockList } from './block-list.decider.js';

/** Records whom accounts block, whoever changed it. */
@Injectable()
export class BlockReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    private readonly queries: QueryBus,
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
    const context = CommandContext.new({ kind: 'system', id: 'whatsapp' });
    try {
      const query: GetSession = { type: 'GetSession', data: { sessionId } };
      const { userId } = await this.queries.execute<GetSession>(query, context);
      const people = blocked.map(({ phoneNumber, lid }) => ({ phoneNumber, lid }));
      const data = { sessionId, userId, account, blocked: people, at };
      return [{ type: 'RecordBlockList', data } satisfies RecordBlockList];
    } catch (error) {
      if (error instanceof DomainError && error.refusal === 'not_found') return [];
      throw error;
    }
  }
}

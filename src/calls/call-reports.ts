import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '../platform/bus/query-bus.js';
import { isIgnored } from '../sessions/ignored.contract.js';
import { findReportedSession } from '../sessions/reported-session.contract.js';
import { REPORTS, type ReportOf, type Reports } from '../sessions/reports.contract.js';
import type { CallCommand } from './call.commands.js';
import { callIdOf } from './call.contract.js';

/** Records the calls to accounts, and how they end. */
@Injectable()
export class CallReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    private readonly queries: QueryBus,
  ) {
    const keyOf = (): string => 'calls';
    reports.record('call_offered', {
      keyOf,
      commandsFor: (sessionId, report, at) => this.offered(sessionId, report, at),
    });
    reports.record('call_ended', {
      keyOf,
      commandsFor: (sessionId, { call: { account, whatsappId, outcome, reason } }, at) => [
        { type: 'RecordCallEnded', data: { callId: callIdOf(sessionId, account, whatsappId), outcome, reason, at } },
      ],
    });
  }

  private async offered(
    sessionId: string,
    { call: { account, whatsappId, caller, from, isVideo, isGroup, at: calledAt } }: ReportOf<'call_offered'>,
    at: string,
  ): Promise<readonly CallCommand[]> {
    const session = await findReportedSession(this.queries, sessionId);
    if (!session || isIgnored(session.settings.ignore, caller)) return [];
    const { calls } = session.settings;
    const { phoneNumber, lid } = caller;
    return [
      {
        type: 'RecordCallOffered',
        data: {
          callId: callIdOf(sessionId, account, whatsappId),
          userId: session.userId,
          sessionId,
          account,
          caller: { phoneNumber, lid },
          whatsappId,
          from,
          isVideo,
          isGroup,
          isToBeRejected: calls.reject,
          answer: calls.reject ? calls.answer : null,
          calledAt,
          at,
        },
      },
    ];
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { Person } from '#lib/whatsapp';
import type { FindNumber } from '../messaging/address.contract.js';
import { CommandContext } from '../platform/command-context.js';
import type { SessionView } from '../sessions/session-view.contract.js';
import { isIgnored } from '../sessions/ignored.contract.js';
import { LINKED_SESSIONS, type LinkedSessions } from '../sessions/linked-sessions.contract.js';
import { REPORTS, type ReportOf, type Reports } from '../sessions/reports.contract.js';
import type { CallCommand } from './call.commands.js';
import { callIdOf } from './call.contract.js';

const actor = { kind: 'system', id: 'whatsapp' } as const;

/** Records the calls to accounts, and how they end. */
@Injectable()
export class CallReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    @Inject(LINKED_SESSIONS) private readonly sessions: LinkedSessions,
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
    const session = await this.sessions.reported(sessionId);
    if (!session || (await this.isOfIgnored(session, caller))) return [];
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

  /** Also of somebody whom WhatsApp names by the LID alone this time. */
  private async isOfIgnored(
    { id: sessionId, userId, settings: { ignore } }: SessionView,
    caller: Person,
  ): Promise<boolean> {
    const { lid, phoneNumber } = caller;
    if (ignore.length === 0 || phoneNumber !== null || lid === null) return isIgnored(ignore, caller);
    const query: FindNumber = { type: 'FindNumber', data: { userId, sessionId, lid } };
    const known = await this.queries.execute<FindNumber>(query, CommandContext.new(actor));
    return isIgnored(ignore, { ...caller, phoneNumber: known?.phoneNumber ?? null });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { CommandContext } from '../../platform/command-context.js';
import { REPORTS, type ReportOf, type Reports } from '../../sessions/reports.contract.js';
import { Names } from '../people/names.js';
import { Senders } from '../senders/senders.js';

/** Records what the address book of an account calls people, and what they call themselves. */
@Injectable()
export class ContactReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    private readonly senders: Senders,
    private readonly names: Names,
  ) {
    reports.record('contacts', {
      keyOf: () => 'contacts',
      commandsFor: (sessionId, report) => this.named(sessionId, report),
    });
  }

  private async named(sessionId: string, { account, contacts }: ReportOf<'contacts'>): Promise<readonly []> {
    const session = await this.senders.find(sessionId);
    const context = CommandContext.new({ kind: 'system', id: 'whatsapp' });
    if (session) await this.names.learnAll({ sessionId, userId: session.userId, account }, contacts, context);
    return [];
  }
}

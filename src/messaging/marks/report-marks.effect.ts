import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import { NotConnected, QueryFailed } from '#lib/whatsapp';
import type { Effect } from '../../platform/context-definition.js';
import type { Stores } from '../../platform/stores.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { RecordMarkReported, ReportMarks } from '../message.commands.js';
import { marks, type MarkDocument } from './marks.projection.js';

const batchSize = 100;
const kinds = ['read', 'played'] as const;

/**
 * Tells WhatsApp which messages were read and played here. What it does not take now stays in the view, and is tried again when something else
 * is marked, or the session connects: a receipt that comes late, or twice, does no harm.
 */
@Injectable()
export class ReportMarksEffect implements Effect<ReportMarks> {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async run({ data: { sessionId } }: ReportMarks): Promise<readonly RecordMarkReported[]> {
    const reported: RecordMarkReported[] = [];
    const account = this.connections.account(sessionId);
    if (account === undefined) return reported;
    await this.views.fresh(marks);
    const sort = { field: 'position', order: 'asc' } as const;
    try {
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await this.stores.models.find(marks, {
          where: { sessionId },
          sort,
          limit: batchSize,
          ...(cursor !== undefined && { cursor }),
        });
        const due = page.data.filter((mark) => mark.account === account);
        for (const as of kinds) reported.push(...(await this.report(sessionId, due, as)));
        cursor = page.next;
      }
    } catch (error) {
      if (!(error instanceof NotConnected || error instanceof QueryFailed)) throw error;
      this.log.warn({ err: error, sessionId }, 'WhatsApp was not told which messages were read');
    }
    return reported;
  }

  private async report(
    sessionId: string,
    due: readonly MarkDocument[],
    as: (typeof kinds)[number],
  ): Promise<readonly RecordMarkReported[]> {
    const marked = due.filter((mark) => mark.as === as);
    if (marked.length === 0) return [];
    const keys = marked.map(({ whatsappId, whatsappChat: chat, participant }) => ({
      whatsappId,
      chat,
      fromMe: false,
      participant,
    }));
    await this.messenger.markRead(sessionId, keys, as);
    const at = new Date().toISOString();
    return marked.map(({ messageId }) => ({ type: 'RecordMarkReported', data: { messageId, as, at } }));
  }
}

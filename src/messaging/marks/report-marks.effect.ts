import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { Effect } from '../../platform/context-definition.js';
import { LOG } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import { CONNECTION_STATUS, type ConnectionStatus } from '../../sessions/connection-status.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { RecordMarkReported, ReportMarks } from '../message.commands.js';
import { marks, type MarkDocument } from './marks.projection.js';
import { tellInTurn } from './tell-in-turn.js';

/** So many are looked through at a time for those of one chat, of which WhatsApp is told at once. */
const batchSize = 100;

/**
 * Tells WhatsApp which messages were read and played here. What it does not take now stays in the view, and is tried again when something else
 * is marked, or the session connects: a receipt that comes late, or twice, does no harm.
 */
@Injectable()
export class ReportMarksEffect implements Effect<ReportMarks> {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(CONNECTION_STATUS) private readonly connections: ConnectionStatus,
    private readonly views: Views,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async run({ data: { sessionId } }: ReportMarks): Promise<readonly RecordMarkReported[]> {
    const account = this.connections.account(sessionId);
    if (account === undefined) return [];
    await this.views.fresh(marks);
    const find = { where: { sessionId, account }, sort: { field: 'position', order: 'asc' } } as const;
    const alike = byChat(this.views.scan(marks, find));
    const { records, failure } = await tellInTurn(alike, (marked) => this.report(sessionId, marked));
    if (failure !== undefined)
      this.log.warn({ err: failure, sessionId }, 'WhatsApp was not told of all messages that were read');
    return records;
  }

  private async report(
    sessionId: string,
    marked: readonly [MarkDocument, ...MarkDocument[]],
  ): Promise<readonly RecordMarkReported[]> {
    const [{ as }] = marked;
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

/** A chat whose marks WhatsApp refuses does not hold up those of others. */
async function* byChat(all: AsyncIterable<MarkDocument>): AsyncGenerator<readonly [MarkDocument, ...MarkDocument[]]> {
  let alike = new Map<string, [MarkDocument, ...MarkDocument[]]>();
  let size = 0;
  for await (const mark of all) {
    const key = `${mark.as} ${mark.whatsappChat}`;
    const others = alike.get(key);
    if (others) others.push(mark);
    else alike.set(key, [mark]);
    size += 1;
    if (size < batchSize) continue;
    yield* alike.values();
    [alike, size] = [new Map(), 0];
  }
  yield* alike.values();
}

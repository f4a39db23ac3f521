import { Inject, Injectable } from '@nestjs/common';
import type { Command } from '#lib/event-sourcing';
import type { ChatMark } from '#lib/whatsapp';
import { CommandContext } from '../../platform/command-context.js';
import { REPORTS, type ReportOf, type Reports } from '../../sessions/reports.contract.js';
import type { ChatAction } from '../chats/chat.contract.js';
import { ChangeChatHandler } from '../chats/change-chat.handler.js';
import { chatJidsOf } from '../message-ids.js';
import type { MarkMessage } from '../message-requests.contract.js';
import { WhatsAppIds } from '../outbox/whatsapp-ids.js';
import { People } from '../people/people.js';
import { Senders } from '../senders/senders.js';
import { ChatLanes } from './chat-lanes.js';

const actor = { kind: 'system', id: 'whatsapp' } as const;

const actionOf = (mark: ChatMark): ChatAction =>
  'archived' in mark ? (mark.archived ? 'archive' : 'unarchive') : mark.read ? 'read' : 'unread';

/** Records what the account's owner does with chats and received messages on other devices. */
@Injectable()
export class ElsewhereReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    lanes: ChatLanes,
    private readonly senders: Senders,
    private readonly people: People,
    private readonly whatsappIds: WhatsAppIds,
    private readonly chats: ChangeChatHandler,
  ) {
    // After the messages of the chat that came before.
    reports.record('chat_marked', {
      findKeys: (sessionId, report) => lanes.keysOf(sessionId, report),
      commandsFor: (sessionId, report) => this.marked(sessionId, report),
    });
    reports.record('read_elsewhere', {
      findKeys: (sessionId, report) => lanes.keysOf(sessionId, report),
      commandsFor: (sessionId, report, at) => this.read(sessionId, report, at),
    });
  }

  private async marked(sessionId: string, report: ReportOf<'chat_marked'>): Promise<readonly []> {
    const { account, chat, mark, upTo } = report;
    const session = await this.senders.find(sessionId);
    if (!session) return []; // it was deleted
    const { chatId } = await this.people.chatOf({ sessionId, account }, chat);
    const owner = { chatId, userId: session.userId, sessionId };
    await this.chats.doneElsewhere(owner, { action: actionOf(mark), upTo }, CommandContext.new(actor));
    return [];
  }

  /** Of messages that are not here, such as those from before the link, nothing is recorded. */
  private async read(
    sessionId: string,
    { account, chat, whatsappIds, as }: ReportOf<'read_elsewhere'>,
    at: string,
  ): Promise<readonly Command[]> {
    const session = await this.senders.find(sessionId);
    if (!session) return [];
    const { chat: jid } = await this.people.chatOf({ sessionId, account }, chat);
    const jids = [...new Set([...chatJidsOf(chat), jid])];
    const found = await Promise.all(whatsappIds.map((id) => this.whatsappIds.findInChats(sessionId, id, jids)));
    return found.flatMap((message): MarkMessage[] =>
      message?.via === 'whatsapp'
        ? [{ type: 'MarkMessage', data: { messageId: message.id, userId: session.userId, as, via: 'phone', at } }]
        : [],
    );
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { shownPersonOf, type Received, type ReceivedMessage } from '#lib/whatsapp';
import type { Log } from '#lib/subscriptions';
import { LOG } from '../../platform/tokens.js';
import { CommandContext } from '../../platform/command-context.js';
import { REPORTS, type ReportOf, type Reports } from '../../sessions/reports.contract.js';
import type { MessageCommand } from '../message.commands.js';
import { receivedIdOf } from '../message-ids.js';
import type { MessageView } from '../message-view.contract.js';
import { People } from '../people/people.js';
import { WhatsAppIds } from '../outbox/whatsapp-ids.js';
import { Senders } from '../senders/senders.js';
import { chatsOf, isAuthor, mayRevoke } from './received.rules.js';

const actor = { kind: 'system', id: 'whatsapp' } as const;

/** A chat is reported with both addresses of the person, or with the LID alone, more often than with the number alone. */
const keyOf = ({ message: { chat } }: { readonly message: Received }): string => chat.lid ?? chat.jid;

/** Records the messages that people write to a session, and their edits, revocations and reactions: those of a chat in order. */
@Injectable()
export class IncomingReports {
  constructor(
    @Inject(REPORTS) reports: Reports,
    @Inject(LOG) private readonly log: Log,
    private readonly senders: Senders,
    private readonly whatsappIds: WhatsAppIds,
    private readonly people: People,
  ) {
    reports.record('message', {
      keyOf,
      commandsFor: (sessionId, { message }, at) => this.received(sessionId, message, at),
    });
    const known = async <R extends { readonly message: Received }>(sessionId: string, report: R): Promise<R> => ({
      ...report,
      message: await people.recognize(sessionId, report.message),
    });
    reports.record('edited', {
      keyOf,
      commandsFor: async (sessionId, report, at) => this.edited(sessionId, await known(sessionId, report), at),
    });
    reports.record('revoked', {
      keyOf,
      commandsFor: async (sessionId, report, at) => this.revoked(sessionId, await known(sessionId, report), at),
    });
    reports.record('reaction', {
      keyOf,
      commandsFor: async (sessionId, report, at) => this.reacted(sessionId, await known(sessionId, report), at),
    });
  }

  private async received(
    sessionId: string,
    reported: ReceivedMessage,
    receivedAt: string,
  ): Promise<readonly MessageCommand[]> {
    const { account, key } = reported;
    const { whatsappId, fromMe, participant } = key;
    const session = this.senders.session(sessionId);
    if (!session) {
      this.log.warn({ sessionId }, 'A message came for a session that was deleted');
      return [];
    }
    if (fromMe && (await this.whatsappIds.findSent(sessionId, whatsappId)) !== undefined) return []; // the echo of a message that was sent from here
    const named = fromMe ? [reported.chat] : [reported.chat, reported.sender];
    const place = { userId: session.userId, sessionId, account };
    const context = CommandContext.new(actor);
    await this.people.learn(place, named, context);
    const message = await this.people.recognize(sessionId, reported);
    await this.people.open(place, message.chat, context);
    const { sender, pushName, content, replyTo, mentions, sentAt } = message;
    const { chatId, chat } = await this.people.chatOf(place, message.chat);
    const data = {
      messageId: receivedIdOf(sessionId, chat, whatsappId, sentAt),
      userId: session.userId,
      sessionId,
      chatId,
      account,
      chat,
      whatsappId,
      fromMe,
      sender: { phoneNumber: sender.phoneNumber, lid: sender.lid },
      participant,
      pushName,
      content,
      replyToWhatsappId: replyTo,
      mentions,
      sentAt,
      receivedAt,
    };
    return [{ type: 'RecordMessageReceived', data }];
  }

  private async edited(
    sessionId: string,
    { message, whatsappId, content }: ReportOf<'edited'>,
    at: string,
  ): Promise<readonly MessageCommand[]> {
    const target = await this.target(sessionId, message, whatsappId);
    if (!target || !isAuthor(message, target)) return [];
    const data = { messageId: target.id, changeId: message.key.whatsappId, content, at };
    return [{ type: 'RecordMessageEdited', data }];
  }

  private async revoked(
    sessionId: string,
    { message, whatsappId }: ReportOf<'revoked'>,
    at: string,
  ): Promise<readonly MessageCommand[]> {
    const target = await this.target(sessionId, message, whatsappId);
    if (!target || !mayRevoke(message, target)) return [];
    return [{ type: 'RecordMessageRevoked', data: { messageId: target.id, changeId: message.key.whatsappId, at } }];
  }

  private async reacted(
    sessionId: string,
    { message, whatsappId, emoji }: ReportOf<'reaction'>,
    at: string,
  ): Promise<readonly MessageCommand[]> {
    const target = await this.target(sessionId, message, whatsappId);
    if (!target) return [];
    const changeId = message.key.whatsappId;
    const data = { messageId: target.id, changeId, from: shownPersonOf(message.sender, message.sender.jid), emoji, at };
    return [{ type: 'RecordReaction', data }];
  }

  /** The message that a change is about; undefined where it is older than the session. */
  private target(sessionId: string, { chat }: Received, whatsappId: string): Promise<MessageView | undefined> {
    return this.whatsappIds.findInChats(sessionId, whatsappId, chatsOf(chat));
  }
}

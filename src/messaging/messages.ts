import { Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { messageIdFor, parseRecipient, type Recipient } from '#lib/whatsapp';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { OutgoingContent } from './content.contract.js';
import { DailyQuota, type Allowance } from './daily-quota.js';
import type { CancelMessage, Quoted, SendMessage } from './message.contract.js';
import { chatIdOf } from './message-ids.js';
import { ofOrder, type MessageView, type Unplaced } from './messages.projection.js';
import type { GetMessage } from './messages.queries.js';
import { Outbox } from './outbox/outbox.js';
import { Senders } from './senders/senders.js';

/** What a user asks to be sent. */
export type MessageRequest = {
  readonly to: string;
  readonly content: OutgoingContent;
  readonly sessionId?: string;
  /** The id of the message that this one answers. */
  readonly replyTo?: string;
  readonly reference?: string;
  readonly scheduledAt?: string;
};

type Sender = { readonly userId: string; readonly tell: (allowance: Allowance) => void };

/** What users do with messages. */
@Injectable()
export class Messages {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly senders: Senders,
    private readonly quota: DailyQuota,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Takes a message: it will be sent, whatever happens. The same id again is the same message.
   * @throws {DomainError} `invalid_recipient`, `session_not_found`, `session_not_linked`, `session_required`, `reply_to_not_found`,
   * `scheduled_in_the_past`
   * @throws {Limited} `daily_quota_exceeded`
   */
  async send(
    context: CommandContext,
    { userId, tell }: Sender,
    messageId: string,
    request: MessageRequest,
  ): Promise<Unplaced> {
    const at = new Date().toISOString();
    const scheduledAt = scheduleOf(request.scheduledAt, at);
    const { jid: chat, ...recipient } = recipientOf(request.to);
    const { sessionId } = await this.senders.choose(userId, request.sessionId);
    const replyTo =
      request.replyTo === undefined ? null : await this.quoted(context, userId, sessionId, chat, request.replyTo);
    const order = {
      messageId,
      userId,
      sessionId,
      chatId: chatIdOf(sessionId, chat),
      chat,
      to: recipient.kind === 'person' ? recipient.phoneNumber : chat,
      whatsappId: messageIdFor(messageId),
      content: request.content,
      replyTo,
      reference: request.reference ?? null,
    };
    const limit = this.senders.maxMessagesPerDay(userId);
    await this.quota.spend({ userId, limit, at }, tell, async () => {
      const command: SendMessage = { type: 'SendMessage', data: { ...order, scheduledAt, at } };
      return (await this.commands.execute(command, context)).events > 0;
    });
    const accepted = { ...order, acceptedAt: at };
    return scheduledAt === null ? ofOrder(accepted, 'queued') : { ...ofOrder(accepted, 'scheduled'), scheduledAt };
  }

  /** @throws {DomainError} `message_not_found`, `message_not_cancelable` */
  async cancel(context: CommandContext, userId: string, messageId: string): Promise<void> {
    const { sessionId } = await this.get(context, userId, messageId);
    await this.outbox.withhold(sessionId, messageId, async () => {
      const data = { messageId, userId, at: new Date().toISOString() };
      const command: CancelMessage = { type: 'CancelMessage', data };
      await this.commands.execute(command, context);
    });
  }

  /** @throws {DomainError} `message_not_found` */
  get(context: CommandContext, userId: string, messageId: string): Promise<MessageView> {
    const query: GetMessage = { type: 'GetMessage', data: { userId, messageId } };
    return this.queries.execute<GetMessage>(query, context);
  }

  private async quoted(
    context: CommandContext,
    userId: string,
    sessionId: string,
    chat: string,
    replyTo: string,
  ): Promise<Quoted> {
    const refused = () =>
      new DomainError('refused', 'reply_to_not_found', 'The message to reply to is not in this chat of the session');
    const message = await this.get(context, userId, replyTo).catch((error: unknown) => {
      throw error instanceof DomainError ? refused() : error;
    });
    if (message.sessionId !== sessionId || message.chat !== chat) throw refused();
    const { id: messageId, whatsappId, direction, participant = null, text } = message;
    return { messageId, whatsappId, chat, fromMe: direction === 'outgoing', participant, text: text ?? '' };
  }
}

const recipientOf = (to: string): Recipient => {
  const recipient = parseRecipient(to);
  if (recipient) return recipient;
  const detail = 'Neither a phone number with its country code nor an address on WhatsApp';
  throw new DomainError('refused', 'invalid_recipient', detail);
};

const scheduleOf = (scheduledAt: string | undefined, now: string): string | null => {
  if (scheduledAt === undefined) return null;
  const time = new Date(scheduledAt).toISOString();
  if (time > now) return time;
  throw new DomainError('refused', 'scheduled_in_the_past', 'The time for which it is scheduled has passed');
};

import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type AnswerOf } from '#lib/event-sourcing';
import { messageIdFor, personOf, type Recipient } from '#lib/whatsapp';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { CommandHandler } from '../platform/context-definition.js';
import { Limited } from '../platform/http/refusals.js';
import { Streams } from '../platform/streams/streams.js';
import { Attachments } from './attachments/attachments.js';
import type { RequestedContent } from './content.contract.js';
import { answeredBy } from './content/kinds.js';
import type { AcceptMessage } from './message.commands.js';
import { messageEvents, type AcceptedMessage, type DailyAllowance, type SendMessage } from './message.contract.js';
import { messageDecider } from './message.decider.js';
import type { GetMessage, MessageView } from './message-view.contract.js';
import { viewOfAccepted } from './messages.projection.js';
import { People } from './people/people.js';
import { Recipients } from './people/recipients.js';
import { NewChats } from './quota/new-chats.js';
import { Quotas, type QuotaOf } from './quota/quotas.js';
import type { Outcome } from './quota/user-use.js';
import type { Quoted } from './quoted.contract.js';
import { isBeingRevoked } from './requested-changes.rules.js';
import { assertMentions, quotedOf, scheduleOf, type ChatOfSession } from './send-message.rules.js';
import { assertPost } from './status-posts.rules.js';
import { Senders } from './senders/senders.js';

/** Injects how many days ahead a message may be scheduled. */
export const MAX_SCHEDULE_DAYS = Symbol('max schedule days');

type Request = SendMessage['data'] & { readonly at: string };
type Answer = AnswerOf<SendMessage>;
type Draft = Omit<AcceptedMessage, 'content'>;

/** The whole acceptance of a message, the same for every caller: none gets around a check or a limit. */
@Injectable()
export class SendMessageHandler implements CommandHandler<SendMessage> {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly streams: Streams,
    private readonly senders: Senders,
    private readonly recipients: Recipients,
    private readonly people: People,
    private readonly attachments: Attachments,
    private readonly quotas: Quotas,
    private readonly newChats: NewChats,
    @Inject(MAX_SCHEDULE_DAYS) private readonly maxScheduleDays: number,
  ) {}

  async execute({ data }: SendMessage, context: CommandContext): Promise<Answer> {
    const request = { at: new Date().toISOString(), ...data };
    try {
      return await this.accept(request, context);
    } catch (error) {
      if (!(error instanceof DomainError || error instanceof Limited)) throw error;
      const earlier = await this.acceptedEarlier(request); // the quota, say, may be used up by this very message
      if (!earlier) throw error;
      return earlier;
    }
  }

  private async accept(request: Request, context: CommandContext): Promise<Answer> {
    const scheduledAt = scheduleOf(request.scheduledAt, request.at, this.maxScheduleDays);
    const draft = await this.draftOf(request, context);
    return this.withPlace(request, draft, async () => {
      const content = await this.attachments.contentOf(request.content, request, context);
      const message = { content, ...draft };
      return this.newChats.opening(message, async (opensChat) => {
        const counted = opensChat ? { opensChat, ...message } : message;
        return (await this.acceptCounted(counted, scheduledAt, context)) ?? this.asBefore(request);
      });
    });
  }

  /** The quota decides when the message is recorded. What it would refuse is refused before its file is fetched, too. */
  private async withPlace<Accepted>(
    { content, heldBytes }: Request,
    draft: Draft,
    accept: () => Promise<Accepted>,
  ): Promise<Accepted> {
    if (!this.attachments.takesFile(content)) return accept();
    const { userId, sessionId, chatId, acceptedAt: at } = draft;
    const quotaOf = async (): Promise<QuotaOf> => {
      const opensChat = (await this.newChats.wouldOpen(draft)) ? chatId : null;
      return { userId, sessionId, opensChat, at };
    };
    return this.quotas.withPlace(quotaOf, heldBytes ?? dataBytesOf(content), accept);
  }

  /** Undefined where there is a message with its id already. */
  private async acceptCounted(
    message: AcceptedMessage,
    scheduledAt: string | null,
    context: CommandContext,
  ): Promise<Answer | undefined> {
    const { userId, sessionId, chatId, acceptedAt: at } = message;
    const opensChat = message.opensChat ? chatId : null;
    const reservation = await this.quotas.reserve({ userId, sessionId, opensChat, at });
    let outcome: Outcome = { is: 'unknown' };
    let allowance: DailyAllowance;
    try {
      outcome = await this.record(message, scheduledAt, context);
    } finally {
      allowance = reservation.settle(outcome);
    }
    return outcome.is === 'accepted' ? { message: viewOfAccepted(message, scheduledAt), allowance } : undefined;
  }

  /** The message without its content, which may have to be fetched and converted. */
  private async draftOf(request: Request, context: CommandContext): Promise<Draft> {
    const { messageId, userId, content, forwarded = false, reference = null, at } = request;
    const answered = answeredBy(content) ?? request.replyTo;
    const recipient = await this.recipients.of(request.to, userId);
    assertPost({ ...request, ...(answered !== undefined && { replyTo: answered }) }, recipient.jid);
    assertMentions(content, recipient.jid);
    const viewers = request.recipients && (await this.recipients.ofPost(request.recipients, userId));
    const { sessionId, account } = await this.senders.choose(userId, request.sessionId);
    const place = { userId, sessionId, account };
    const person = personOf(recipient.jid);
    const { chatId, chat, phoneNumber } = await this.people.chatOf(place, person);
    if (phoneNumber === null) await this.people.open(place, person, context);
    const replyTo =
      answered === undefined
        ? null
        : await this.quoted(await this.find(answered, userId, context), { sessionId, chatId, chat });
    return {
      messageId,
      userId,
      sessionId,
      chatId,
      account,
      chat,
      to: toOf(recipient, phoneNumber),
      ...(viewers && { recipients: viewers }),
      whatsappId: messageIdFor(messageId),
      replyTo,
      forwarded,
      reference,
      keyId: context.actor.kind === 'key' ? context.actor.id : null,
      acceptedAt: at,
    };
  }

  private async record(
    { acceptedAt: at, ...message }: AcceptedMessage,
    scheduledAt: string | null,
    context: CommandContext,
  ): Promise<Outcome> {
    const command: AcceptMessage = { type: 'AcceptMessage', data: { scheduledAt, at, ...message } };
    const { events, position } = await this.commands.execute<AcceptMessage>(command, context);
    return events > 0 ? { is: 'accepted', position } : { is: 'not_accepted' };
  }

  private async asBefore(request: Request): Promise<Answer> {
    const earlier = await this.acceptedEarlier(request);
    if (earlier) return earlier;
    throw new DomainError('conflict', 'message_id_taken', 'There is something else with the id of this message');
  }

  /** The message as it was accepted before under this id. */
  private async acceptedEarlier(request: Request): Promise<Answer | undefined> {
    const [first] = await this.streams.events(messageEvents, request.messageId);
    if (first?.type !== 'MessageQueued' && first?.type !== 'MessageScheduled') return undefined;
    if (first.data.userId !== request.userId) return undefined;
    const scheduledAt = first.type === 'MessageScheduled' ? first.data.scheduledAt : null;
    const allowance = await this.quotas.allowance(request);
    return { message: viewOfAccepted(first.data, scheduledAt), allowance };
  }

  private async quoted(message: MessageView | undefined, to: ChatOfSession): Promise<Quoted> {
    if (!message) return quotedOf(undefined, to);
    const { chatId } = await this.people.chatOf(message, personOf(message.chat));
    const { state } = await this.streams.state(messageDecider, message.id);
    return quotedOf({ message, chatId, status: state.status, isRevoked: isBeingRevoked(state) }, to);
  }

  private async find(messageId: string, userId: string, context: CommandContext): Promise<MessageView | undefined> {
    const query: GetMessage = { type: 'GetMessage', data: { messageId, userId } };
    try {
      return await this.queries.execute<GetMessage>(query, context);
    } catch (error) {
      if (error instanceof DomainError && error.refusal === 'not_found') return undefined;
      throw error;
    }
  }
}

/** As it is shown: `phoneNumber` is what is known of a person whose LID was given. */
const toOf = (recipient: Recipient, phoneNumber: string | null): string => {
  if (recipient.kind === 'person') return recipient.phoneNumber;
  return recipient.kind === 'status' ? 'status' : (phoneNumber ?? recipient.jid);
};

/** Of a file that came in the request. */
const dataBytesOf = (content: RequestedContent): number =>
  'source' in content && 'data' in content.source ? content.source.data.length : 0;

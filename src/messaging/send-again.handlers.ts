import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type AnswerOf } from '#lib/event-sourcing';
import { parseAddress } from '#lib/whatsapp';
import { CommandBus } from '../platform/bus/command-bus.js';
import { QueryBus } from '../platform/bus/query-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { CommandHandler } from '../platform/context-definition.js';
import type { Stores } from '../platform/stores.js';
import { Streams } from '../platform/streams/streams.js';
import { STORES } from '../platform/tokens.js';
import { forwardedOf } from './content/kinds.js';
import { mentioningNobody } from './content/mentions.js';
import { messageEvents, type SendMessage } from './message.contract.js';
import { receivedFileIdOf } from './message-media.rules.js';
import type { ForwardMessage, RetryMessage } from './message-requests.contract.js';
import { messageDecider } from './message.decider.js';
import type { GetMessage } from './message-view.contract.js';
import { messages } from './messages.projection.js';

type Answer = AnswerOf<SendMessage>;

/** The new message is accepted like any other one. */
const send = (commands: CommandBus, data: SendMessage['data'], context: CommandContext): Promise<Answer> =>
  commands.execute<SendMessage>({ type: 'SendMessage', data }, context);

@Injectable()
export class RetryMessageHandler implements CommandHandler<RetryMessage> {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    @Inject(STORES) private readonly stores: Pick<Stores, 'models'>,
  ) {}

  async execute({ data }: RetryMessage, context: CommandContext): Promise<Answer> {
    const { messageId, userId, of } = data;
    const { state } = await this.streams.state(messageDecider, of);
    const [first] = await this.streams.events(messageEvents, of, { limit: 1 });
    if (!first || first.data.userId !== userId) {
      throw new DomainError('not_found', 'message_not_found', 'There is no such message');
    }
    if (state.status !== 'failed' || (first.type !== 'MessageQueued' && first.type !== 'MessageScheduled')) {
      throw new DomainError('conflict', 'message_not_failed', 'Only a message that has failed is sent anew');
    }
    if ((await this.stores.models.get(messages, of))?.expiredAt !== undefined) {
      throw isExpired();
    }
    const { to, recipients, sessionId, content, replyTo, forwarded, reference } = first.data;
    return send(
      this.commands,
      {
        messageId,
        userId,
        to,
        sessionId,
        content,
        forwarded,
        ...(recipients && { recipients }),
        ...(replyTo !== null && { replyTo: replyTo.messageId }),
        ...(reference !== null && { reference }),
      },
      context,
    );
  }
}

@Injectable()
export class ForwardMessageHandler implements CommandHandler<ForwardMessage> {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  async execute({ data }: ForwardMessage, context: CommandContext): Promise<Answer> {
    const { of, ...request } = data;
    const query: GetMessage = { type: 'GetMessage', data: { messageId: of, userId: data.userId } };
    const message = await this.queries.execute<GetMessage>(query, context);
    if (message.revokedAt !== undefined) {
      throw new DomainError('conflict', 'message_revoked', 'The message is deleted');
    }
    if (message.expiredAt !== undefined) throw isExpired();
    const content = forwardedOf(message.content, receivedFileIdOf(message.id));
    if (!content) {
      const detail = `A message of type ${message.type} cannot be forwarded`;
      throw new DomainError('conflict', 'message_not_forwardable', detail);
    }
    const said = mentionsAreShown(request.to) ? content : mentioningNobody(content);
    const accepted = { sessionId: message.sessionId, ...request, content: said, forwarded: true };
    return send(this.commands, accepted, context);
  }
}

const isExpired = (): DomainError =>
  new DomainError('conflict', 'message_expired', 'The content of the message is gone: it is too old');

/** Neither in the status nor in a channel. */
const mentionsAreShown = (to: string): boolean => {
  const kind = parseAddress(to)?.kind;
  return kind !== 'status' && kind !== 'channel';
};

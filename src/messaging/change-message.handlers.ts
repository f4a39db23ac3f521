import { Injectable } from '@nestjs/common';
import { DomainError, type CommandResult } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { messageIdFor } from '#lib/whatsapp';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import type { CommandHandler } from '../platform/context-definition.js';
import { Streams } from '../platform/streams/streams.js';
import type { RequestMessageEdit, RequestMessageRevocation } from './message.commands.js';
import type { EditMessage, RevokeMessage } from './message-requests.contract.js';
import { messageDecider } from './message.decider.js';
import { Senders } from './senders/senders.js';

/** What both changes need. The message's stream decides whether it can be changed. */
@Injectable()
export class ChangeRequests {
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly senders: Senders,
  ) {}

  /** @throws {DomainError} */
  async request(
    { messageId, userId }: { readonly messageId: string; readonly userId: string },
    commandFor: (changeId: string, keyId: string | null) => RequestMessageEdit | RequestMessageRevocation,
    context: CommandContext,
  ): Promise<CommandResult> {
    const { state } = await this.streams.state(messageDecider, messageId);
    if (state.status === 'none' || userId !== state.owner.userId) {
      throw new DomainError('not_found', 'message_not_found', 'There is no such message');
    }
    if ('pending' in state) {
      const { account } = await this.senders.choose(userId, state.owner.sessionId);
      if (account !== state.sent.account) {
        const detail = 'The session is linked to another number than the one that the message was sent from';
        throw new DomainError('conflict', 'account_changed', detail);
      }
    }
    const keyId = context.actor.kind === 'key' ? context.actor.id : null;
    return this.commands.execute(commandFor(messageIdFor(newId()), keyId), context);
  }
}

@Injectable()
export class EditMessageHandler implements CommandHandler<EditMessage> {
  constructor(private readonly changes: ChangeRequests) {}

  execute({ data }: EditMessage, context: CommandContext): Promise<CommandResult> {
    const { messageId, content, at = new Date().toISOString() } = data;
    return this.changes.request(
      data,
      (changeId, keyId) => ({ type: 'RequestMessageEdit', data: { messageId, changeId, content, keyId, at } }),
      context,
    );
  }
}

@Injectable()
export class RevokeMessageHandler implements CommandHandler<RevokeMessage> {
  constructor(private readonly changes: ChangeRequests) {}

  execute({ data }: RevokeMessage, context: CommandContext): Promise<CommandResult> {
    const { messageId, at = new Date().toISOString() } = data;
    return this.changes.request(
      data,
      (changeId, keyId) => ({ type: 'RequestMessageRevocation', data: { messageId, changeId, keyId, at } }),
      context,
    );
  }
}

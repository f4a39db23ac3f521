import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { CommandHandler } from '../../platform/context-definition.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { Views } from '../../platform/views/views.js';
import type { ChangeChat, ChatAction, ChatOwner } from './chat.contract.js';
import { assertConversation } from './chat.rules.js';
import type { ChatCommand } from './chat.decider.js';
import { findChat, noSuchChat, type Together } from './chats.queries.js';
import { chats } from './chats.projection.js';
import { ReadChat } from './read-chat.js';

const commandOf = {
  read: 'RemoveUnreadMark',
  unread: 'MarkChatUnread',
  archive: 'ArchiveChat',
  unarchive: 'UnarchiveChat',
} as const satisfies { readonly [action in ChatAction]: ChatCommand['type'] };

/** `upTo`: what was sent after that is not read; undefined: all of it is. */
type Done = { readonly action: ChatAction; readonly upTo: string | undefined };
type Change = Done & { readonly via: 'api' | 'phone'; readonly at: string };

/** Does something with a chat. */
@Injectable()
export class ChangeChatHandler implements CommandHandler<ChangeChat> {
  constructor(
    private readonly commands: CommandBus,
    @Inject(STORES) private readonly stores: Stores,
    private readonly views: Views,
    private readonly reading: ReadChat,
  ) {}

  async execute({ data }: ChangeChat, context: CommandContext): Promise<void> {
    const { userId, action, at = new Date().toISOString() } = data;
    const found = await this.find(data);
    if (!found) return noSuchChat();
    const { id: chatId, sessionId } = found.root;
    if (action !== 'read') assertConversation(found.root);
    await this.change({ chatId, userId, sessionId }, found, { action, upTo: undefined, via: 'api', at }, context);
  }

  /** The account's owner did it on another device, perhaps with a chat that has no message here. @throws {Transient} */
  async doneElsewhere(owner: ChatOwner, done: Done, context: CommandContext): Promise<void> {
    const change = { ...done, via: 'phone', at: new Date().toISOString() } as const;
    await this.change(owner, await this.find(owner), change, context);
  }

  private async find({ chatId, userId }: Pick<ChatOwner, 'chatId' | 'userId'>): Promise<Together | undefined> {
    await this.views.fresh(chats);
    return findChat(this.stores.models, chatId, userId);
  }

  private async change(
    owner: ChatOwner,
    found: Together | undefined,
    { action, upTo, ...done }: Change,
    context: CommandContext,
  ): Promise<void> {
    const isUnread = (found?.root.unread ?? 0) > 0;
    if (action === 'unread' && isUnread) return;
    if (found && action === 'read' && isUnread) await this.reading.read({ chat: found, upTo, ...done }, context);
    for (const chatId of action === 'read' ? marked(owner, found) : [owner.chatId]) {
      const command: ChatCommand = { type: commandOf[action], data: { ...owner, chatId, ...done } };
      await this.commands.execute<ChatCommand>(command, context);
    }
  }
}

/** The chat, and those shown in it that were marked as unread before they were one with it. */
const marked = ({ chatId }: ChatOwner, found: Together | undefined): ReadonlySet<string> =>
  new Set([chatId, ...(found?.others ?? []).flatMap(({ id, isMarkedUnread }) => (isMarkedUnread ? [id] : []))]);

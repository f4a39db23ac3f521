import { Injectable } from '@nestjs/common';
import type { Person } from '#lib/whatsapp';
import { CommandContext } from '../../platform/command-context.js';
import { isIgnored } from '../../sessions/ignored.contract.js';
import type { AccountPlace } from '../address.contract.js';
import { chatIdOf } from '../chat-id.contract.js';
import { chatJidsOf } from '../message-ids.js';
import { People } from '../people/people.js';
import { Senders } from '../senders/senders.js';

const actor = { kind: 'system', id: 'whatsapp' } as const;

/** In which order the reports from chats are recorded: those of one chat one after the other. */
@Injectable()
export class ChatLanes {
  constructor(
    private readonly senders: Senders,
    private readonly people: People,
  ) {}

  /** The chat, and those in which earlier reports are that named only one of the addresses, before WhatsApp revealed whose they are. */
  async keysOf(
    sessionId: string,
    { account, chat }: { readonly account: string; readonly chat: Person },
  ): Promise<readonly [string, ...string[]]> {
    const session = await this.senders.find(sessionId);
    if (!session || isIgnored(session.ignore, chat)) return [chat.jid];
    const chatId = await this.chatWith({ sessionId, userId: session.userId, account }, chat);
    return [chatId, ...chatJidsOf(chat).map((jid) => chatIdOf(sessionId, account, jid))];
  }

  /**
   * The id of the chat with a person or group: one, whichever of the person's addresses is named. What is revealed of them is recorded, so that
   * the next report finds the same chat.
   */
  async chatWith(place: AccountPlace, person: Person): Promise<string> {
    const context = CommandContext.new(actor);
    await this.people.learn(place, [person], context);
    const { chatId, phoneNumber } = await this.people.chatOf(place, person);
    await this.people.open(place, { ...person, phoneNumber }, context);
    return chatId;
  }
}

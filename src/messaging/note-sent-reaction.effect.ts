import { Injectable } from '@nestjs/common';
import type { Effect } from '../platform/context-definition.js';
import { Streams } from '../platform/streams/streams.js';
import type { NoteSentReaction, RecordReaction } from './message.commands.js';
import { messageEvents } from './message.contract.js';

@Injectable()
export class NoteSentReactionEffect implements Effect<NoteSentReaction> {
  constructor(private readonly streams: Streams) {}

  async run({ data: { messageId, at } }: NoteSentReaction): Promise<readonly RecordReaction[]> {
    const events = await this.streams.events(messageEvents, messageId);
    const accepted = events.find((event) => event.type === 'MessageQueued')?.data;
    if (accepted?.content.type !== 'reaction') return [];
    const { content, account: from, whatsappId: changeId } = accepted;
    const [target] = await this.streams.events(messageEvents, content.messageId, { limit: 1 });
    if (!target) return [];
    const { userId, sessionId, chatId } = target.data;
    const owner = { messageId: content.messageId, userId, sessionId, chatId };
    const emoji = content.emoji === '' ? null : content.emoji;
    return [{ type: 'RecordReaction', data: { ...owner, changeId, from, emoji, at } }];
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { Effect } from '../../platform/context-definition.js';
import { LOG } from '../../platform/tokens.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { OpenSealedEdit, RecordMessageEdited } from '../message.commands.js';

@Injectable()
export class OpenSealedEditEffect implements Effect<OpenSealedEdit> {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** An edit that cannot be opened is no new message: nothing is recorded of it. */
  async run({ data }: OpenSealedEdit): Promise<readonly RecordMessageEdited[]> {
    const { messageId, userId, sessionId, chatId, changeId, whatsappId, sealedSecret, at } = data;
    const { sender, ...edit } = data.edit;
    const opened = await this.messenger.openEdit(sessionId, { whatsappId, sealedSecret, sender, edit });
    if (!opened) {
      this.log.warn({ sessionId, messageId, changeId }, 'An edit of a message could not be decrypted');
      return [];
    }
    const owner = { messageId, userId, sessionId, chatId };
    return [{ type: 'RecordMessageEdited', data: { ...owner, changeId, ...opened, at } }];
  }
}

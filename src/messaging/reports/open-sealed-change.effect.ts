import { Inject, Injectable } from '@nestjs/common';
import type { Log } from '#lib/subscriptions';
import type { Effect } from '../../platform/context-definition.js';
import { Streams } from '../../platform/streams/streams.js';
import { LOG } from '../../platform/tokens.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { SealedChange } from '../incoming.contract.js';
import type { OpenSealedChange, RecordMessageEdited, RecordPollVote } from '../message.commands.js';
import { messageDecider } from '../message.decider.js';

type Opening<Kind extends SealedChange['kind']> = {
  readonly data: OpenSealedChange['data'];
  readonly change: Extract<SealedChange, { readonly kind: Kind }>;
};

@Injectable()
export class OpenSealedChangeEffect implements Effect<OpenSealedChange> {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(LOG) private readonly log: Log,
    private readonly streams: Streams,
  ) {}

  /** A change that cannot be opened is no new message: nothing is recorded of it. */
  async run({ data }: OpenSealedChange): Promise<readonly (RecordMessageEdited | RecordPollVote)[]> {
    const { change, sessionId, messageId, changeId } = data;
    const opened =
      change.kind === 'sealed_edit' ? await this.edit({ data, change }) : await this.vote({ data, change });
    if (opened) return [opened];
    this.log.warn(
      { sessionId, messageId, changeId, change: change.kind },
      'A change of a message could not be decrypted',
    );
    return [];
  }

  private async edit({ data, change }: Opening<'sealed_edit'>): Promise<RecordMessageEdited | undefined> {
    const { messageId, userId, sessionId, chatId, changeId, sealedSecret, at } = data;
    const { whatsappId } = change;
    const { sender, ...edit } = change.edit;
    const opened = await this.messenger.openEdit(sessionId, { whatsappId, sealedSecret, sender, edit });
    const owner = { messageId, userId, sessionId, chatId };
    return opened && { type: 'RecordMessageEdited', data: { ...owner, changeId, ...opened, at } };
  }

  /** Undefined also where the message is no poll. */
  private async vote({ data, change }: Opening<'sealed_vote'>): Promise<RecordPollVote | undefined> {
    const { messageId, sessionId, changeId, sealedSecret, at } = data;
    const { whatsappId } = change;
    const { author: named, voter, votedAt, castAt, ...vote } = change.vote;
    const { state } = await this.streams.state(messageDecider, messageId);
    const poll = state.status === 'none' ? null : state.poll;
    if (!poll) return undefined;
    const author = {
      ...named,
      phoneNumber: named.phoneNumber ?? poll.author?.phoneNumber ?? null,
      lid: named.lid ?? poll.author?.lid ?? null,
    };
    const sealed = { whatsappId, sealedSecret, options: poll.options, author, voter, vote };
    const options = await this.messenger.openVote(sessionId, sealed);
    const { phoneNumber, lid } = voter;
    return (
      options && {
        type: 'RecordPollVote',
        data: { messageId, changeId, voter: { phoneNumber, lid }, options, votedAt, castAt, at },
      }
    );
  }
}

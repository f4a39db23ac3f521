import { Inject, Injectable } from '@nestjs/common';
import { Transient } from '#lib/async';
import { DomainError } from '#lib/event-sourcing';
import type { Log } from '#lib/subscriptions';
import { DownloadFailed } from '#lib/whatsapp';
import type { CommandHandler } from '../../platform/context-definition.js';
import { Streams } from '../../platform/streams/streams.js';
import type { Stores } from '../../platform/stores.js';
import { LOG, STORES } from '../../platform/tokens.js';
import { messageDecider } from '../message.decider.js';
import { messageEvents } from '../message.contract.js';
import { messages } from '../messages.projection.js';
import { receivedMessageIdOf } from '../message-media.rules.js';
import type { FetchReceivedFile, FileTrouble } from '../received-file.contract.js';
import { Downloads } from './downloads.js';
import { mayComeLater, troubles } from './received-file.rules.js';

/** Somebody asks for the file of a received message: it is fetched now where it was not before. */
@Injectable()
export class FetchReceivedFileHandler implements CommandHandler<FetchReceivedFile> {
  constructor(
    private readonly downloads: Downloads,
    private readonly streams: Streams,
    @Inject(STORES) private readonly stores: Pick<Stores, 'models'>,
    @Inject(LOG) private readonly log: Log,
  ) {}

  async execute({ data: { mediaId, userId } }: FetchReceivedFile): Promise<undefined> {
    const messageId = receivedMessageIdOf(mediaId);
    const { state } = await this.streams.state(messageDecider, messageId);
    if (state.status !== 'received' || state.file === null || state.owner.userId !== userId) {
      throw new DomainError('not_found', 'media_not_found', 'There is no such file');
    }
    if ((await this.stores.models.get(messages, messageId))?.expiredAt !== undefined) {
      throw new DomainError('gone', 'media_cleaned', 'The file was removed with the content of its message');
    }
    const before = await this.troubleOf(messageId);
    if (before && !mayComeLater(before)) throw unavailable(before);
    await this.fetch(messageId);
    const trouble = await this.troubleOf(messageId);
    if (trouble) throw unavailable(trouble);
    return undefined;
  }

  private async fetch(messageId: string): Promise<void> {
    try {
      await this.downloads.now(messageId);
    } catch (error) {
      if (error instanceof Transient) throw error;
      this.log.warn({ messageId, err: error }, 'A received file could not be fetched for whoever asked for it');
      const reason = error instanceof DownloadFailed ? error.message : troubles.failed.reason;
      throw unavailable({ code: 'download_failed', reason });
    }
  }

  /** Why it cannot be had; undefined where it can, or that is not known yet. */
  private async troubleOf(messageId: string): Promise<FileTrouble | undefined> {
    const { state } = await this.streams.state(messageDecider, messageId);
    if (state.status !== 'received' || state.file !== 'unavailable') return undefined;
    const events = await this.streams.events(messageEvents, messageId);
    return events.findLast((event) => event.type === 'MessageFileUnavailable')?.data.trouble;
  }
}

const unavailable = (trouble: FileTrouble): DomainError => {
  const advice = mayComeLater(trouble) ? 'Asking again may help.' : 'Asking again does not help.';
  return new DomainError('unavailable', 'media_unavailable', `${trouble.reason}. ${advice}`);
};

import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { DownloadFailed } from '#lib/whatsapp';
import { MEDIA_LIBRARY, type MediaLibrary } from '../../media/media-library.contract.js';
import type { Media } from '../../media/media.contract.js';
import { Streams } from '../../platform/streams/streams.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { mediaOf } from '../content/kinds.js';
import { messageDecider } from '../message.decider.js';
import { messageEvents, type MessageEventData } from '../message.contract.js';
import { receivedFileIdOf } from '../message-ids.js';
import type { FileTrouble, ReceivedFile } from '../received-file.contract.js';
import { contextOf, Recorder, type Origin } from '../recorder.js';
import { Senders } from '../senders/senders.js';
import { hasFile, troubles } from './received-file.rules.js';
import { whileItComes } from './while-it-comes.js';

type Received = {
  readonly userId: string;
  readonly sessionId: string;
  readonly content: MessageEventData<'MessageReceived'>['content'];
  readonly origin: Origin;
};

/** Fetches the file of one message into the library, and records how that ended. Its id there is fixed: fetched twice, it is one file. */
@Injectable()
export class Download {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(MEDIA_LIBRARY) private readonly library: MediaLibrary,
    private readonly streams: Streams,
    private readonly senders: Senders,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Does nothing where the file is fetched already.
   * @throws {DownloadFailed | Transient} it may succeed later.
   */
  async run(messageId: string, signal: AbortSignal): Promise<void> {
    const { state } = await this.streams.state(messageDecider, messageId);
    if (state.status !== 'received' || state.file === null || state.file === 'ready') return;
    const received = await this.received(messageId);
    if (!received) return;
    const mediaId = receivedFileIdOf(messageId);
    const known = await this.library.find(received.userId, mediaId);
    const fetched = known ?? (await this.fetch(mediaId, received, signal));
    if ('code' in fetched) return this.giveUp(messageId, fetched, received.origin);
    const data = { messageId, file: fileOf(fetched), at: new Date().toISOString() };
    await this.recorder.record({ type: 'RecordFileFetched', data }, received.origin);
  }

  /** Records that the file is not to be had. */
  async giveUp(messageId: string, trouble: FileTrouble, origin?: Origin): Promise<void> {
    const data = { messageId, trouble, at: new Date().toISOString() };
    await this.recorder.record({ type: 'RecordFileUnavailable', data }, origin);
  }

  private async fetch(
    mediaId: string,
    { userId, sessionId, content, origin }: Received,
    signal: AbortSignal,
  ): Promise<Media | FileTrouble> {
    const [reference] = mediaOf(content);
    if (!reference || !('mimeType' in content)) throw new Error('The message has no file');
    if (!(await this.senders.find(sessionId))) return troubles.sessionDeleted;
    const described = {
      source: 'received' as const,
      mimeType: content.mimeType ?? undefined,
      fileName: content.fileName ?? undefined,
    };
    try {
      const bytes = whileItComes(() => this.messenger.downloadMedia(sessionId, reference), signal);
      return await this.library.take({ mediaId, userId }, { bytes }, described, contextOf(origin));
    } catch (error) {
      if (error instanceof DownloadFailed && error.gone) return troubles.expired;
      if (!(error instanceof DomainError)) throw error;
      return error.code === 'media_too_large' ? troubles.tooLarge : troubles.damaged;
    }
  }

  /** As it was received, or could be read later. */
  private async received(messageId: string): Promise<Received | undefined> {
    const events = await this.streams.events(messageEvents, messageId);
    for (const { type, data, id, metadata } of events.toReversed()) {
      if ((type === 'MessageReceived' || type === 'MessageRecovered') && hasFile(data.content)) {
        const { userId, sessionId, content } = data;
        return { userId, sessionId, content, origin: { correlationId: metadata.correlationId, causationId: id } };
      }
    }
    return undefined;
  }
}

const fileOf = (media: Media): ReceivedFile => {
  const { mediaId, mimeType, size, sha256, fileName, width, height, seconds } = media;
  return { mediaId, mimeType, size, sha256, fileName, width, height, seconds };
};

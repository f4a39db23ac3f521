import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { DownloadFailed, NotConnected, QueryFailed, type MessageKey } from '#lib/whatsapp';
import { MEDIA_LIBRARY, type MediaLibrary } from '../../media/media-library.contract.js';
import type { Media } from '../../media/media.contract.js';
import { Streams } from '../../platform/streams/streams.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { mediaOf } from '../content/kinds.js';
import type { MediaReference } from '../content/media-reference.js';
import { messageDecider } from '../message.decider.js';
import { messageEvents, type MessageEventData } from '../message.contract.js';
import { receivedFileIdOf } from '../message-media.rules.js';
import { messages } from '../messages.projection.js';
import type { FileTrouble, ReceivedFile } from '../received-file.contract.js';
import { contextOf, Recorder, type Origin } from '../recorder.js';
import { Senders } from '../senders/senders.js';
import { hasFile, troubles } from './received-file.rules.js';
import { whileItComes } from './while-it-comes.js';

type Received = {
  readonly userId: string;
  readonly sessionId: string;
  readonly key: MessageKey;
  readonly content: MessageEventData<'MessageReceived'>['content'];
  readonly origin: Origin;
};

/** WhatsApp no longer has the file, and the phone could not be asked for it: it has to be asked later. */
export class PhoneNotAsked extends DownloadFailed {}

/** Fetches the file of one message into the library, and records how that ended. Its id there is fixed: fetched twice, it is one file. */
@Injectable()
export class Download {
  constructor(
    @Inject(MESSENGER) private readonly messenger: Messenger,
    @Inject(MEDIA_LIBRARY) private readonly library: MediaLibrary,
    private readonly streams: Streams,
    @Inject(STORES) private readonly stores: Pick<Stores, 'models'>,
    private readonly senders: Senders,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Does nothing where the file is fetched already, or its message shows it no more: it may have been waited for until the content expired.
   * @throws {DownloadFailed | Transient} it may succeed later.
   */
  async run(messageId: string, signal: AbortSignal): Promise<void> {
    const { state } = await this.streams.state(messageDecider, messageId);
    if (state.status !== 'received' || state.file === null || state.file === 'ready') return;
    if ((await this.stores.models.get(messages, messageId))?.expiredAt !== undefined) return;
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

  private async fetch(mediaId: string, received: Received, signal: AbortSignal): Promise<Media | FileTrouble> {
    const { userId, sessionId, content, origin } = received;
    const [reference] = mediaOf(content);
    if (!reference || !('mimeType' in content)) throw new Error('The message has no file');
    if (!(await this.senders.find(sessionId))) return troubles.sessionDeleted;
    const described = {
      source: 'received' as const,
      mimeType: content.mimeType ?? undefined,
      fileName: content.fileName ?? undefined,
    };
    try {
      const bytes = whileItComes(() => this.bytesOf(received, reference), signal);
      return await this.library.take({ mediaId, userId }, { bytes }, described, contextOf(origin));
    } catch (error) {
      if (error instanceof DownloadFailed && error.gone) return troubles.expired;
      if (!(error instanceof DomainError)) throw error;
      return error.code === 'media_too_large' ? troubles.tooLarge : troubles.damaged;
    }
  }

  /** Where WhatsApp no longer has the file, the account's phone is asked to upload it again. */
  private async bytesOf({ sessionId, key }: Received, reference: MediaReference): Promise<AsyncIterable<Uint8Array>> {
    try {
      return await this.messenger.downloadMedia(sessionId, reference);
    } catch (error) {
      if (!(error instanceof DownloadFailed && error.gone)) throw error;
      const renewed = await this.renewed(sessionId, key, reference);
      if (!renewed) throw error;
      return this.messenger.downloadMedia(sessionId, renewed);
    }
  }

  private async renewed(...ask: Parameters<Messenger['renewMedia']>): Promise<MediaReference | undefined> {
    try {
      return await this.messenger.renewMedia(...ask);
    } catch (error) {
      if (!(error instanceof NotConnected || error instanceof QueryFailed)) throw error;
      const why = error instanceof NotConnected ? 'the session is not connected' : 'the phone does not answer';
      const message = `WhatsApp no longer has the file, and it cannot be asked of the phone: ${why}`;
      throw new PhoneNotAsked(false, message, { cause: error });
    }
  }

  /** As it was received, or could be read later. */
  private async received(messageId: string): Promise<Received | undefined> {
    const events = await this.streams.events(messageEvents, messageId);
    const arrival = events.find((event) => event.type === 'MessageReceived');
    const readable = events
      .filter((event) => event.type === 'MessageReceived' || event.type === 'MessageRecovered')
      .findLast(({ data }) => hasFile(data.content));
    if (!arrival || !readable) return undefined;
    const { userId, sessionId, whatsappId, whatsappChat: chat, fromMe, participant } = arrival.data;
    const { data, id, metadata } = readable;
    const origin = { correlationId: metadata.correlationId, causationId: id };
    return { userId, sessionId, key: { whatsappId, chat, fromMe, participant }, content: data.content, origin };
  }
}

const fileOf = (media: Media): ReceivedFile => {
  const { mediaId, mimeType, size, sha256, fileName, width, height, seconds } = media;
  return { mediaId, mimeType, size, sha256, fileName, width, height, seconds };
};

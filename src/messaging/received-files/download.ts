import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { DownloadFailed, type MessageKey } from '#lib/whatsapp';
import { MEDIA_LIBRARY, type MediaLibrary } from '../../media/media-library.contract.js';
import type { Media } from '../../media/media.contract.js';
import { Streams } from '../../platform/streams/streams.js';
import type { Stores } from '../../platform/stores.js';
import { STORES } from '../../platform/tokens.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import { mediaOf } from '../content/kinds.js';
import { messageDecider } from '../message.decider.js';
import { messageEvents, type MessageEventData } from '../message.contract.js';
import { receivedFileIdOf } from '../message-media.rules.js';
import { messages } from '../messages.projection.js';
import type { FileTrouble, MessageFile, ReceivedFile } from '../received-file.contract.js';
import { contextOf, Recorder, type Origin } from '../recorder.js';
import { Senders } from '../senders/senders.js';
import type { LostFile, PhoneAnswer } from './lost-file.js';
import { hasFile, troubles } from './received-file.rules.js';
import { whileItComes } from './while-it-comes.js';

type Received = {
  readonly messageId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly key: MessageKey;
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
    @Inject(STORES) private readonly stores: Pick<Stores, 'models'>,
    private readonly senders: Senders,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Does nothing where the file is fetched already, or its message shows it no more: it may have been waited for until the content expired.
   * Resolves with what the phone is to be asked for, where WhatsApp no longer has the file and `answer` does not say that the phone was asked.
   * @throws {DownloadFailed | Transient} it may succeed later.
   */
  async run(messageId: string, signal: AbortSignal, answer?: PhoneAnswer): Promise<LostFile | undefined> {
    if (!(await this.isMissing(messageId, ['pending', 'unavailable']))) return undefined;
    const received = await this.received(messageId);
    if (!received) return undefined;
    const mediaId = receivedFileIdOf(messageId);
    const known = await this.library.find(received.userId, mediaId);
    const fetched = known ?? (await this.fetch(mediaId, received, signal, answer));
    if ('reference' in fetched) return fetched;
    if ('code' in fetched) await this.giveUp(messageId, fetched, received.origin);
    else {
      const data = { messageId, file: fileOf(fetched), at: new Date().toISOString() };
      await this.recorder.record({ type: 'RecordFileFetched', data }, received.origin);
    }
    return undefined;
  }

  /** Whether the file is still to be fetched. */
  isWanted(messageId: string): Promise<boolean> {
    return this.isMissing(messageId, ['pending']);
  }

  /** The session of a message; undefined where there is no such received message. */
  async sessionOf(messageId: string): Promise<string | undefined> {
    const { state } = await this.streams.state(messageDecider, messageId);
    return state.status === 'received' ? state.owner.sessionId : undefined;
  }

  /** Records that the file is not to be had. */
  async giveUp(messageId: string, trouble: FileTrouble, origin?: Origin): Promise<void> {
    const data = { messageId, trouble, at: new Date().toISOString() };
    await this.recorder.record({ type: 'RecordFileUnavailable', data }, origin);
  }

  private async fetch(
    mediaId: string,
    received: Received,
    signal: AbortSignal,
    answer: PhoneAnswer | undefined,
  ): Promise<Media | FileTrouble | LostFile> {
    const { messageId, userId, sessionId, key, content, origin } = received;
    const [sent] = mediaOf(content);
    if (!sent || !('mimeType' in content)) throw new Error('The message has no file');
    if (!(await this.senders.find(sessionId))) return troubles.sessionDeleted;
    const reference = answer ? answer.reference : sent;
    if (!reference) return troubles.expired;
    const described = {
      source: 'received' as const,
      mimeType: content.mimeType ?? undefined,
      fileName: content.fileName ?? undefined,
    };
    try {
      const bytes = whileItComes(() => this.messenger.downloadMedia(sessionId, reference), signal);
      return await this.library.take({ mediaId, userId }, { bytes }, described, contextOf(origin));
    } catch (error) {
      if (error instanceof DownloadFailed && error.gone) {
        const isOnPhone = reference.sealedKey !== null; // what was posted in a channel is not
        return isOnPhone && !answer ? { messageId, sessionId, key, reference } : troubles.expired;
      }
      if (!(error instanceof DomainError)) throw error;
      return error.code === 'media_too_large' ? troubles.tooLarge : troubles.damaged;
    }
  }

  private async isMissing(messageId: string, states: readonly MessageFile['state'][]): Promise<boolean> {
    const { state } = await this.streams.state(messageDecider, messageId);
    if (state.status !== 'received' || state.file === null || !states.includes(state.file)) return false;
    return (await this.stores.models.get(messages, messageId))?.expiredAt === undefined;
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
    return {
      messageId,
      userId,
      sessionId,
      key: { whatsappId, chat, fromMe, participant },
      content: data.content,
      origin,
    };
  }
}

const fileOf = (media: Media): ReceivedFile => {
  const { mediaId, mimeType, size, sha256, fileName, width, height, seconds } = media;
  return { mediaId, mimeType, size, sha256, fileName, width, height, seconds };
};

import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { keyedQueue, type KeyedQueue } from '#lib/async';
import { FileMissing } from '#lib/media-files';
import { isChannel } from '#lib/whatsapp';
import { MEDIA_LIBRARY, type MediaLibrary } from '../../media/media-library.contract.js';
import { MESSENGER, type Messenger } from '../../sessions/whatsapp.contract.js';
import type { SentMedia } from '../content/media.content.js';
import type { AcceptedMessage } from '../message.contract.js';
import type { Upload } from '../upload.contract.js';
import { thumbnailOf } from './thumbnail.js';
import { VoiceWaveforms } from './voice-waveforms.js';

/** Of one session. More would only slow each other down. */
const maxConcurrentUploads = 4;

/** Uploads the files of messages to WhatsApp, some of each session at a time. */
@Injectable()
export class FileUploads implements OnModuleDestroy {
  private readonly queues = new Map<string, KeyedQueue>();
  isStopped = false;

  constructor(
    @Inject(MEDIA_LIBRARY) private readonly library: MediaLibrary,
    @Inject(MESSENGER) private readonly messenger: Messenger,
    private readonly waveforms: VoiceWaveforms,
  ) {}

  onModuleDestroy(): void {
    this.isStopped = true;
  }

  /** @throws {FileMissing} it was cleaned @throws {NotConnected} {UploadFailed} {Transient} */
  upload(message: AcceptedMessage, content: SentMedia): Promise<Upload> {
    return this.queueOf(message.sessionId).run(message.messageId, () => this.uploadNow(message, content));
  }

  private async uploadNow(
    { sessionId, userId, whatsappId, chat }: AcceptedMessage,
    content: SentMedia,
  ): Promise<Upload> {
    const media = await this.library.find(userId, content.mediaId);
    if (!media) throw new FileMissing(); // one that was cleaned at this moment is still there
    const thumbnail = await thumbnailOf(content, () => this.library.open(media));
    const file = {
      whatsappId,
      kind: content.type,
      size: content.size,
      sha256: Buffer.from(content.sha256, 'hex').toString('base64'),
      ...(isChannel(chat) && ({ isPublic: true } as const)),
    };
    const [uploaded, waveform] = await Promise.all([
      this.messenger.uploadMedia(sessionId, file, await this.library.openWhole(media)),
      this.waveforms.of(content, () => this.library.open(media)),
    ]);
    return { ...uploaded, thumbnail, waveform };
  }

  private queueOf(sessionId: string): KeyedQueue {
    const queue = this.queues.get(sessionId) ?? keyedQueue({ maxConcurrent: maxConcurrentUploads });
    this.queues.set(sessionId, queue);
    return queue;
  }
}

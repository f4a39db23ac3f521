import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import { MEDIA_LIBRARY, type MediaLibrary } from '../../media/media-library.contract.js';
import type { Media } from '../../media/media.contract.js';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { OutgoingContent, RequestedContent } from '../content.contract.js';
import { isSentMedia } from '../content/media.content.js';
import type { MediaRequest } from '../content/media-request.js';
import { convertedFileIdOf, fileIdOf } from '../message-ids.js';
import type { FetchReceivedFile } from '../received-file.contract.js';
import { contentOfFile, conversionOf } from './attachments.rules.js';
import { converted } from './converter.js';
import { photoOf } from './photo.js';
import { fitsAsSticker, isAnimated, stickerOf } from './sticker.js';

type Of = { readonly messageId: string; readonly userId: string };

/** Finds or takes the file of a message that is to be accepted, and makes of it what WhatsApp shows. */
@Injectable()
export class Attachments {
  constructor(
    @Inject(MEDIA_LIBRARY) private readonly library: MediaLibrary,
    private readonly commands: CommandBus,
  ) {}

  /**
   * The content of a message as it is recorded. The same message again is the same file: it is not fetched a second time.
   * @throws {DomainError} `media_not_found`, `media_type_refused`, `media_too_large`, `media_fetch_failed`, `url_not_allowed`, `converter_missing`;
   * of a received file that is not here yet, `media_unavailable`
   */
  async contentOf(requested: RequestedContent, of: Of, context: CommandContext): Promise<OutgoingContent> {
    if (!('source' in requested)) {
      if (isSentMedia(requested)) await this.known(of.userId, requested.mediaId, context);
      return requested;
    }
    const taken = await this.fileOf(requested, of, context);
    this.library.assertKind(taken, requested.type);
    const file = await this.madeToFit(requested, taken, of, context);
    this.library.assertFits(file, requested.type);
    const moves = requested.type === 'sticker' && (await isAnimated(await this.library.open(file)));
    return contentOfFile(moves ? { ...requested, form: 'animated' } : requested, file);
  }

  private async fileOf({ source, ...described }: MediaRequest, of: Of, context: CommandContext): Promise<Media> {
    if ('mediaId' in source) return this.known(of.userId, source.mediaId, context);
    const owner = { mediaId: fileIdOf(of.messageId), userId: of.userId };
    const earlier = await this.library.find(owner.userId, owner.mediaId);
    if (earlier?.cleanedAt === null) return earlier;
    const { type, mimeType, fileName, convert } = described;
    const from = 'url' in source ? 'url' : 'data';
    const isRaw = convert || type === 'sticker';
    return this.library.take(owner, source, { source: from, kind: type, isRaw, mimeType, fileName }, context);
  }

  private async known(userId: string, mediaId: string, context: CommandContext): Promise<Media> {
    const media = (await this.library.find(userId, mediaId)) ?? (await this.received(userId, mediaId, context));
    if (media?.cleanedAt === null) return media;
    const detail = media ? 'The file was cleaned, and is no longer here' : 'There is no such file';
    throw new DomainError('refused', 'media_not_found', detail);
  }

  /** A file that somebody sent, which was not fetched until now. */
  private async received(userId: string, mediaId: string, context: CommandContext): Promise<Media | undefined> {
    const command: FetchReceivedFile = { type: 'FetchReceivedFile', data: { mediaId, userId } };
    try {
      await this.commands.execute<FetchReceivedFile>(command, context);
    } catch (error) {
      if (error instanceof DomainError && error.refusal === 'not_found') return undefined;
      throw error;
    }
    return this.library.find(userId, mediaId);
  }

  private async madeToFit(requested: MediaRequest, file: Media, of: Of, context: CommandContext): Promise<Media> {
    const owner = { mediaId: convertedFileIdOf(of.messageId), userId: of.userId };
    const { fileName } = file;
    const named = fileName === null ? {} : { fileName };
    if (requested.type === 'sticker') {
      if (await fitsAsSticker(file, () => this.library.open(file))) return file;
      const webp = await stickerOf(await this.library.open(file));
      return this.library.take(owner, { bytes: once(webp) }, { source: file.source, kind: 'sticker' }, context);
    }
    if (requested.type === 'image') {
      const maxBytes = this.library.maxBytesOf('image');
      if (!requested.convert || file.size <= maxBytes) return file;
      const jpeg = await photoOf(file, () => this.library.open(file), maxBytes);
      return this.library.take(owner, { bytes: once(jpeg) }, { source: file.source, kind: 'image', ...named }, context);
    }
    const conversion = conversionOf(requested, file.mimeType);
    if (!conversion) return file;
    return converted(conversion, await this.library.open(file), (bytes) =>
      this.library.take(owner, { bytes }, { source: file.source, kind: requested.type, ...named }, context),
    );
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

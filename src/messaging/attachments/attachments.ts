import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '#lib/event-sourcing';
import type { MediaKind } from '#lib/whatsapp';
import {
  MEDIA_LIBRARY,
  type MediaDescription,
  type MediaLibrary,
  type StagedMedia,
} from '../../media/media-library.contract.js';
import type { Media } from '../../media/media.contract.js';
import { CommandBus } from '../../platform/bus/command-bus.js';
import type { CommandContext } from '../../platform/command-context.js';
import type { OutgoingContent, RequestedContent } from '../content.contract.js';
import { isSentMedia } from '../content/media.content.js';
import type { MediaRequest, MediaSource } from '../content/media-request.js';
import { askedOf, fileIdOf } from '../message-ids.js';
import type { FetchReceivedFile } from '../received-file.contract.js';
import { contentOfFile, conversionOf, isNoPhoto, mayBeMade, type Conversion } from './attachments.rules.js';
import { converted } from './converter.js';
import { photoOf } from './photo.js';
import { fitsAsSticker, isAnimated, stickerOf } from './sticker.js';

type Of = { readonly messageId: string; readonly userId: string };
type Owner = { readonly mediaId: string; readonly userId: string };
type Place = { readonly owner: Owner; readonly earlier: Media | undefined };
type Converting = {
  readonly file: Media | StagedMedia;
  readonly owner: Owner;
  readonly open: () => Promise<Readable>;
  readonly described: MediaDescription & { readonly kind: MediaKind };
  readonly stage: (bytes: AsyncIterable<Uint8Array>) => Promise<StagedMedia>;
};
type StagedSource = Exclude<MediaSource, { readonly mediaId: string }>;

/** Finds or takes the file of a message that is to be accepted, and makes of it what WhatsApp shows. */
@Injectable()
export class Attachments {
  constructor(
    @Inject(MEDIA_LIBRARY) private readonly library: MediaLibrary,
    private readonly commands: CommandBus,
  ) {}

  /** Whether a file belongs to it, which may have to be fetched and converted. */
  takesFile(requested: RequestedContent): boolean {
    return 'source' in requested || isSentMedia(requested);
  }

  /**
   * The content of a message as it is recorded. The same request for the same message again is the same file: it is neither fetched nor made a
   * second time. What cannot be sent is not stored, so that a request which is repeated later is judged by the file as it is then.
   * @throws {DomainError} `media_not_found`, `media_type_refused`, `media_too_large`, `media_fetch_failed`, `url_not_allowed`, `converter_missing`,
   * `conversion_timed_out`;
   * of a received file that is not here yet, `media_unavailable`
   */
  async contentOf(requested: RequestedContent, of: Of, context: CommandContext): Promise<OutgoingContent> {
    if (!('source' in requested)) {
      if (isSentMedia(requested)) await this.known(of.userId, requested.mediaId, context);
      return requested;
    }
    const file = await this.fileOf(requested, of, context);
    const moves = requested.type === 'sticker' && (await isAnimated(await this.library.open(file)));
    return contentOfFile(moves ? { ...requested, form: 'animated' } : requested, file);
  }

  private async fileOf(requested: MediaRequest, of: Of, context: CommandContext): Promise<Media> {
    const { source } = requested;
    if ('mediaId' in source && !mayBeMade(requested)) {
      const known = await this.known(of.userId, source.mediaId, context);
      this.library.assertFits(known, requested.type);
      conversionOf(requested, known.mimeType);
      return known;
    }
    const { owner, earlier } = await this.placeOf(requested, of);
    if (earlier) return earlier;
    if (!('mediaId' in source)) return this.taken(requested, source, owner, context);
    const known = await this.known(of.userId, source.mediaId, context);
    const made = await this.made(requested, known, owner, () => this.library.open(known));
    return made ? this.kept(owner, made, context) : known;
  }

  /** Where the file of a request is stored, and what is stored there already. After one that was cleaned, there is another place. */
  private async placeOf(requested: MediaRequest, { messageId, userId }: Of): Promise<Place> {
    const asked = askedOf(requested);
    for (let cleaned = 0; ; cleaned += 1) {
      const mediaId = fileIdOf(messageId, asked, cleaned);
      const earlier = await this.library.find(userId, mediaId);
      if (earlier === undefined || earlier.cleanedAt === null) return { owner: { mediaId, userId }, earlier };
    }
  }

  private async taken(
    requested: MediaRequest,
    source: StagedSource,
    owner: Owner,
    context: CommandContext,
  ): Promise<Media> {
    const { type, mimeType, fileName } = requested;
    const from = 'url' in source ? 'url' : 'data';
    const described = { source: from, kind: type, isRaw: mayBeMade(requested), mimeType, fileName } as const;
    const staged = await this.library.stage(source, described);
    try {
      const made = await this.made(requested, staged, owner, () => Promise.resolve(createReadStream(staged.path)));
      return await this.kept(owner, made ?? staged, context);
    } finally {
      await this.library.discard(staged);
    }
  }

  private async kept(owner: Owner, staged: StagedMedia, context: CommandContext): Promise<Media> {
    try {
      return await this.library.keep(owner, staged, context);
    } finally {
      await this.library.discard(staged);
    }
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

  /** What has to be sent in the place of a file; undefined where that is sent as it is. */
  private async made(
    requested: MediaRequest,
    file: Media | StagedMedia,
    owner: Owner,
    open: () => Promise<Readable>,
  ): Promise<StagedMedia | undefined> {
    const { type: kind } = requested;
    this.library.assertKind(file, kind);
    const described = { source: file.source, kind, ...(file.fileName !== null && { fileName: file.fileName }) };
    const maxBytes = this.library.maxBytesOf(kind);
    const stage = (bytes: AsyncIterable<Uint8Array>) => this.library.stage({ bytes }, described);
    if (kind === 'sticker') {
      if (!(await fitsAsSticker(file, open))) return stage(once(await stickerOf(owner.userId, open)));
    } else if (kind === 'image') {
      const photo = requested.convert && isNoPhoto(file, maxBytes) ? await photoOf(file, open, maxBytes) : null;
      if (photo) return stage(once(photo));
    } else {
      const conversion = conversionOf(requested, file.mimeType);
      if (conversion) return this.converted(conversion, { file, owner, open, described, stage });
    }
    this.library.assertFits(file, kind);
    return undefined;
  }

  /** A file of the library may be on another machine: it is staged once more to be converted. */
  private async converted(to: Conversion, { file, owner, open, described, stage }: Converting): Promise<StagedMedia> {
    let copy: StagedMedia | undefined;
    const pathOf = async (): Promise<string> => {
      if ('path' in file) return file.path;
      copy = await this.library.stage({ bytes: await open() }, { ...described, isRaw: true });
      return copy.path;
    };
    try {
      const maxBytes = this.library.maxBytesOf(described.kind);
      return await converted({ to, userId: owner.userId, maxBytes, pathOf }, stage);
    } finally {
      if (copy) await this.library.discard(copy);
    }
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

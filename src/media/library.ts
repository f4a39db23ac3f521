import { Inject, Injectable } from '@nestjs/common';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import mime from 'mime';
import { DomainError } from '#lib/event-sourcing';
import { EmptyFile, FileTooLarge, type ByteRange, type MediaFiles, type StagedFile } from '#lib/media-files';
import { FetchFailed, UrlNotAllowed, type Outbound } from '#lib/outbound';
import type { MediaKind } from '#lib/whatsapp';
import { CommandBus } from '../platform/bus/command-bus.js';
import type { CommandContext } from '../platform/command-context.js';
import { Streams } from '../platform/streams/streams.js';
import { decodedBase64 } from './base64.rules.js';
import { safeFileName } from './file-name.rules.js';
import { declaredType, sniff } from './inspection/sniff.js';
import { measure, type Measures } from './inspection/measure.js';
import { Contents } from './contents.js';
import {
  assertAsDeclared,
  assertKind,
  assertNoExcuse,
  assertSize,
  isPageType,
  kindOf,
  namesFile,
  tooLarge,
  type MediaLimits,
} from './kind.rules.js';
import type { MediaDescription, MediaLibrary, MediaSource, StagedMedia } from './media-library.contract.js';
import type { RecordMediaStored } from './media.commands.js';
import type { Media } from './media.contract.js';
import { mediaDecider } from './media.decider.js';
import { MEDIA_FILES } from './open-files.js';
import { OUTBOUND } from './outbound.contract.js';
import { squareOf } from './square-picture.js';

/** Injects `MediaLimits`. */
export const MEDIA_LIMITS = Symbol('media limits');

type Streamed = { readonly bytes: AsyncIterable<Uint8Array> };
/** What a server says of a file. */
type Served = { readonly mimeType: string | undefined; readonly fileName: string | undefined };
type Described = MediaDescription & { readonly served?: Served };
type Owner = { readonly mediaId: string; readonly userId: string };

@Injectable()
export class Library implements MediaLibrary {
  constructor(
    @Inject(MEDIA_FILES) private readonly files: MediaFiles,
    @Inject(MEDIA_LIMITS) private readonly limits: MediaLimits,
    @Inject(OUTBOUND) private readonly outbound: Outbound,
    private readonly commands: CommandBus,
    private readonly streams: Streams,
    private readonly contents: Contents,
  ) {}

  async stage(source: MediaSource, described: MediaDescription): Promise<StagedMedia> {
    const { bytes, ...known } = await this.opened(source, described);
    const file = await this.staged(bytes, this.limitedAs(known));
    try {
      return { ...file, ...(await this.inspected(file, known)) };
    } catch (error) {
      await this.files.discard(file);
      throw error;
    }
  }

  discard(staged: StagedMedia): Promise<void> {
    return this.files.discard(staged);
  }

  async keep({ mediaId, userId }: Owner, staged: StagedMedia, context: CommandContext): Promise<Media> {
    const { path: _path, ...described } = staged;
    await this.contents.exclusively({ userId, sha256: staged.sha256 }, async () => {
      await this.files.keep(userId, staged);
      const data = { mediaId, userId, ...described, storedAt: new Date().toISOString() };
      await this.commands.execute<RecordMediaStored>({ type: 'RecordMediaStored', data }, context);
    });
    const media = await this.find(userId, mediaId);
    if (!media) throw new Error(`The id ${mediaId} is that of another user's file`);
    return media;
  }

  async take(owner: Owner, source: MediaSource, described: MediaDescription, context: CommandContext): Promise<Media> {
    return this.keep(owner, await this.stage(source, described), context);
  }

  async find(userId: string, mediaId: string): Promise<Media | undefined> {
    const { state } = await this.streams.state(mediaDecider, mediaId);
    return state?.userId === userId ? state : undefined;
  }

  assertKind({ mimeType }: Pick<Media, 'mimeType'>, kind: MediaKind): void {
    assertKind(mimeType, kind);
  }

  maxBytesOf(kind: MediaKind): number {
    return this.limits[kind];
  }

  assertFits({ mimeType, size }: Pick<Media, 'mimeType' | 'size'>, kind: MediaKind): void {
    assertKind(mimeType, kind);
    assertSize(size, kind, this.limits);
  }

  async squareOf(userId: string, mediaId: string): Promise<Buffer> {
    const media = await this.find(userId, mediaId);
    if (media?.cleanedAt !== null) {
      const detail = media ? 'The file was cleaned, and is no longer here' : 'There is no such file';
      throw new DomainError('refused', 'media_not_found', detail);
    }
    this.assertKind(media, 'image');
    return squareOf(await this.open(media));
  }

  open({ userId, sha256 }: Media, range?: ByteRange): Promise<Readable> {
    return this.files.open(userId, sha256, range);
  }

  openWhole({ userId, sha256 }: Media): Promise<FileHandle | Readable> {
    return this.files.openWhole(userId, sha256);
  }

  /** The kind whose limit counts. */
  private limitedAs({ source, kind, isRaw }: MediaDescription): MediaKind {
    if (kind && !isRaw) return kind;
    return source === 'received' ? 'document' : this.roomiest();
  }

  /** The kind that may be the largest. */
  private roomiest(kinds = Object.keys(this.limits) as readonly MediaKind[]): MediaKind {
    return kinds.reduce((most, kind) => (this.limits[kind] > this.limits[most] ? kind : most));
  }

  private async opened(source: MediaSource, described: MediaDescription): Promise<Described & Streamed> {
    if ('bytes' in source) return { ...described, bytes: source.bytes };
    if ('data' in source) return { ...described, bytes: iterated([decodedBase64(source.data)]) };
    const { bytes, mimeType, fileName } = await this.fetched(() => this.outbound.get(source.url));
    return { ...described, bytes, served: { mimeType, fileName } };
  }

  private async fetched<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof UrlNotAllowed) throw new DomainError('refused', 'url_not_allowed', error.message);
      if (error instanceof FetchFailed) throw new DomainError('refused', 'media_fetch_failed', error.message);
      throw error;
    }
  }

  private async staged(bytes: AsyncIterable<Uint8Array>, kind: MediaKind): Promise<StagedFile> {
    try {
      return await this.fetched(() => this.files.stage(bytes, this.limits[kind]));
    } catch (error) {
      if (error instanceof FileTooLarge) throw tooLarge(error.maxBytes, kind);
      if (error instanceof EmptyFile) throw new DomainError('refused', 'media_type_refused', 'The file is empty');
      throw error;
    }
  }

  /** What is said with the request goes before what a server says, and a name before a server's word that the file is a page. */
  private async inspected(
    { path, size }: StagedFile,
    { source, kind, isRaw, served, ...given }: Described,
  ): Promise<Pick<Media, 'mimeType' | 'fileName' | 'source'> & Measures> {
    const declared = declaredType(given.mimeType ?? served?.mimeType);
    const fileName = given.fileName ?? served?.fileName;
    const named = fileName === undefined ? null : mime.getType(fileName);
    const isPage = given.mimeType === undefined && isPageType(declared);
    const isNamed = given.fileName !== undefined || namesFile(served?.fileName);
    const mimeType = await sniff(path, isPage ? (isNamed && named) || undefined : declared);
    const inspected = { mimeType, fileName: safeFileName(fileName), source };
    if (source === 'received') return { ...inspected, ...(await measure(path, mimeType).catch(() => unmeasured)) };
    if (served) assertNoExcuse(mimeType, { named, isPageAlone: isPage && !isNamed });
    assertAsDeclared(mimeType, declared);
    if (kind) assertKind(mimeType, kind);
    if (!isRaw) assertSize(size, kind ?? this.roomiest(['document', kindOf(mimeType)]), this.limits);
    return { ...inspected, ...(await measure(path, mimeType)) };
  }
}

const unmeasured: Measures = { width: null, height: null, seconds: null };

async function* iterated(bytes: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes;
}

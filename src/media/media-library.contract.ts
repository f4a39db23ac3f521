import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ByteRange } from '#lib/media-files';
import type { MediaKind } from '#lib/whatsapp';
import type { CommandContext } from '../platform/command-context.js';
import type { Media, MediaOrigin } from './media.contract.js';

/** Injects `MediaLibrary`. */
export const MEDIA_LIBRARY = Symbol('media library');

/** Where a file comes from: a stream of bytes, base64 of at most 8 MB once it is decoded, or a URL. */
export type MediaSource =
  { readonly bytes: AsyncIterable<Uint8Array> } | { readonly data: string } | { readonly url: string };

/** What is said of a file that comes. None of it is believed where the content says otherwise. */
export type MediaDescription = {
  readonly source: MediaOrigin;
  /** What it is to be sent as: it must be of that kind, and within the limit of that kind. Otherwise within that of its own kind, or of documents. */
  readonly kind?: MediaKind;
  /** What is sent is made of it, and has to be within that limit instead. */
  readonly isRaw?: boolean;
  readonly mimeType?: string | undefined;
  readonly fileName?: string | undefined;
};

/** A file that was read in full and looked into, but is not stored yet: `keep` it or `discard` it. */
export type StagedMedia = Omit<Media, 'mediaId' | 'userId' | 'storedAt' | 'cleanedAt'> & { readonly path: string };

/** The files of all users. Nobody reads or changes another user's. */
export type MediaLibrary = {
  /**
   * Reads a file in full, as a stream, and finds out what it is. A received file is taken as it is; of any other, one that is no file of
   * its kind, or damaged, is refused. Nothing is left of what is refused.
   * @throws {DomainError} `media_too_large`, `media_type_refused`, of a URL also `media_fetch_failed`, `url_not_allowed`
   * @throws {Transient} whatever the stream throws
   */
  stage(source: MediaSource, described: MediaDescription): Promise<StagedMedia>;
  discard(staged: StagedMedia): Promise<void>;
  /** Stores a staged file under an id that the caller chose. The same id again is the same file, as it was the first time. @throws {Transient} */
  keep(
    owner: { readonly mediaId: string; readonly userId: string },
    staged: StagedMedia,
    context: CommandContext,
  ): Promise<Media>;
  /** `stage` and `keep`. */
  take(
    owner: { readonly mediaId: string; readonly userId: string },
    source: MediaSource,
    described: MediaDescription,
    context: CommandContext,
  ): Promise<Media>;
  /** Undefined where the user never had it. It may be cleaned since. @throws {Transient} */
  find(userId: string, mediaId: string): Promise<Media | undefined>;
  /** Whether it is of this kind, however large. @throws {DomainError} `media_type_refused` */
  assertKind(media: Pick<Media, 'mimeType'>, kind: MediaKind): void;
  /** How large a file of this kind may be that is sent. */
  maxBytesOf(kind: MediaKind): number;
  /** Whether it can be sent as this kind. @throws {DomainError} `media_too_large`, `media_type_refused` */
  assertFits(media: Pick<Media, 'mimeType' | 'size'>, kind: MediaKind): void;
  /** The middle of a picture of a user, as WhatsApp shows it of an account or a group: a square JPEG. @throws {DomainError} `media_not_found`, `media_type_refused` */
  squareOf(userId: string, mediaId: string): Promise<Buffer>;
  /** Its bytes, or those of a range of it. Destroy the stream to stop. @throws {FileMissing} it is cleaned @throws {Transient} */
  open(media: Media, range?: ByteRange): Promise<Readable>;
  /** All of its bytes, as an open file where the disk has it. Close it, or destroy the stream. @throws {FileMissing} {Transient} */
  openWhole(media: Media): Promise<FileHandle | Readable>;
};

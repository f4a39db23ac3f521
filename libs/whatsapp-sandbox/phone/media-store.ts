export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

/** Location and keys of an encrypted file, as in a media message. */
export type StoredMedia = {
  readonly url: string;
  readonly directPath: string;
  readonly mediaKey: Uint8Array;
  readonly fileSha256: Uint8Array;
  readonly fileEncSha256: Uint8Array;
  readonly fileLength: number;
};

/** Location of a file that is not encrypted, as in channels. */
export type PlainMedia = Omit<StoredMedia, 'mediaKey' | 'fileEncSha256'>;

/** Location of a file. */
type FileLocation = { readonly url: string; readonly directPath: string };

/** Storage for the files of media messages. */
export interface MediaStore {
  /** `host:port` for uploads by clients. */
  readonly host: string;
  /** Issues an upload token for a client, valid for `ttl` seconds. */
  permit(): { readonly auth: string; readonly ttl: number };
  /** Encrypts and stores the bytes. */
  put(bytes: Buffer, kind: MediaKind): Promise<StoredMedia>;
  /** Returns the decrypted bytes. Rejects if the file is missing or does not match its hashes. */
  get(media: StoredMedia, kind: MediaKind): Promise<Buffer>;
  /** By what a post in a channel names a file that was uploaded for it. */
  handleOf(file: Pick<FileLocation, 'directPath'>): string;
  /** Stores the bytes as they are, for everybody who knows the URL. */
  publish(bytes: Buffer): Promise<FileLocation>;
  /** Undefined if the file is missing. */
  read(file: Pick<FileLocation, 'directPath'>): Promise<Buffer | undefined>;
  /** From now on, downloads from this location are answered with 410. */
  expire(file: Pick<FileLocation, 'directPath'>): void;
  /** The same file at another location. */
  renew(file: Pick<FileLocation, 'directPath'>): FileLocation;
}

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

/** Where an encrypted file lies and what opens it, as it stands in a media message. */
export type StoredMedia = {
  readonly url: string;
  readonly directPath: string;
  readonly mediaKey: Uint8Array;
  readonly fileSha256: Uint8Array;
  readonly fileEncSha256: Uint8Array;
  readonly fileLength: number;
};

/** Where phones put and get the files of media messages. */
export interface MediaStore {
  /** `host:port` that clients are told to upload to. */
  readonly host: string;
  /** Lets a client upload for `ttl` seconds. */
  permit(): { readonly auth: string; readonly ttl: number };
  /** Encrypts and keeps the bytes. */
  put(bytes: Buffer, kind: MediaKind): Promise<StoredMedia>;
  /** The decrypted bytes. Rejects when the file is gone or does not match its hashes. */
  get(media: StoredMedia, kind: MediaKind): Promise<Buffer>;
}

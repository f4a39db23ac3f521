export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

/** Where a received file is, and its key. WhatsApp keeps files for some weeks. */
export type MediaReference<Kind extends MediaKind = MediaKind> = {
  readonly kind: Kind;
  readonly url: string | null;
  readonly directPath: string | null;
  /** Encrypted, so that only this service can read the file. */
  readonly sealedKey: string;
  /** SHA-256 of the file before it was encrypted, in base64. */
  readonly sha256: string | null;
};

export type ReceivedMedia<Kind extends MediaKind> = {
  readonly type: Kind;
  readonly media: MediaReference<Kind>;
  readonly mimeType: string | null;
  readonly caption: string | null;
  readonly fileName: string | null;
  /** In bytes, as stated by the sender. */
  readonly size: number | null;
  /** A voice message. */
  readonly voice: boolean;
};

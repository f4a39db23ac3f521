import type { Mentions } from './mentions.js';

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

/** `voice`: audio that was spoken. `gif`: a video that repeats without sound. `note`: a round video. `animated`: a sticker that moves. */
export type MediaForm = 'plain' | 'voice' | 'gif' | 'note' | 'animated';

/** Where a received file is, and its key. WhatsApp keeps files for some weeks. */
export type MediaReference<Kind extends MediaKind = MediaKind> = {
  readonly kind: Kind;
  readonly url: string | null;
  readonly directPath: string | null;
  /** Encrypted, so that only this service can read the file; null where the file is not encrypted, as in channels. */
  readonly sealedKey: string | null;
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
  readonly form: MediaForm;
  /** Its sender wants it to be opened once. */
  readonly viewOnce: boolean;
};

/** Where WhatsApp keeps a file that was uploaded for a message. Its key is not here: it follows from the message. */
export type UploadedMedia = {
  readonly url: string;
  readonly directPath: string;
  /** SHA-256 of the encrypted file, in base64; null where it was uploaded as it is, for a channel. */
  readonly encryptedSha256: string | null;
  /** By what a post in a channel names the upload, where WhatsApp told. */
  readonly handle?: string;
  /** ISO 8601. */
  readonly uploadedAt: string;
};

/** A file that is sent. It has to be uploaded before: see `uploadMedia`. What is null is left out. */
export type OutgoingMedia<Kind extends MediaKind> = Mentions & {
  readonly type: Kind;
  readonly upload: UploadedMedia;
  readonly mimeType: string;
  /** In bytes. */
  readonly size: number;
  /** SHA-256, in base64. */
  readonly sha256: string;
  /** Not of audio and stickers. */
  readonly caption: string | null;
  /** Of documents only. */
  readonly fileName: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly seconds: number | null;
  /** A small JPEG in base64, shown until the file is loaded. */
  readonly thumbnail: string | null;
  /** Of voice messages: 64 bytes from 0 to 100 in base64, how loud it is from start to end. */
  readonly waveform: string | null;
  /** It can be opened once; of images, videos and audio only. */
  readonly viewOnce: boolean;
  readonly form: MediaForm;
};

/** What a message of ours says. */
export type OutgoingContent = {
  readonly type: 'text';
  readonly body: string;
  /** Phone numbers (E.164) or LIDs of people who are mentioned; the body names each as `@` and its digits. */
  readonly mentions?: readonly string[];
};

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

/** Where a received file lies, and the key to it: whoever has this can read the file. WhatsApp keeps it for some weeks. */
export type MediaReference = {
  readonly kind: MediaKind;
  readonly url: string | null;
  readonly directPath: string | null;
  /** Base64, as the next one. */
  readonly mediaKey: string;
  /** SHA-256 of the file as its sender had it. */
  readonly sha256: string | null;
};

export type ReceivedMedia = {
  readonly type: MediaKind;
  readonly media: MediaReference;
  readonly mimeType: string | null;
  readonly caption: string | null;
  readonly fileName: string | null;
  /** Bytes, as its sender says. */
  readonly size: number | null;
  /** A voice message. */
  readonly voice: boolean;
};

/** What a received message says. `unsupported` is a kind that is not known here; it is still a message. */
export type ReceivedContent =
  | { readonly type: 'text'; readonly body: string }
  | ReceivedMedia
  | {
      readonly type: 'location';
      readonly latitude: number;
      readonly longitude: number;
      readonly name: string | null;
      readonly address: string | null;
    }
  | { readonly type: 'contact'; readonly name: string; readonly vcard: string }
  | {
      readonly type: 'poll';
      readonly question: string;
      readonly options: readonly string[];
      readonly multiple: boolean;
    }
  | { readonly type: 'unsupported' };

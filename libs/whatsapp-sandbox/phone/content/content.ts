import type { MediaKind } from '../media-store.js';

/** A file that a phone sends. Without `mimeType` a usual one of its kind is assumed. */
type OutgoingMedia = {
  readonly type: MediaKind;
  readonly bytes: Buffer;
  readonly mimeType?: string;
  readonly text?: string;
  readonly fileName?: string;
  /** Audio only: a voice message. */
  readonly voice?: boolean;
};

/** What a virtual phone can send. `messageId` names a message that this phone knows. */
export type OutgoingContent =
  | { readonly type: 'text'; readonly text: string; readonly mentions?: readonly string[]; readonly replyTo?: string }
  | (OutgoingMedia & { readonly replyTo?: string })
  | {
      readonly type: 'location';
      readonly latitude: number;
      readonly longitude: number;
      readonly name?: string;
      readonly address?: string;
      readonly replyTo?: string;
    }
  | { readonly type: 'contact'; readonly name: string; readonly phone: string; readonly replyTo?: string }
  | {
      readonly type: 'poll';
      readonly question: string;
      readonly options: readonly string[];
      readonly multiple?: boolean;
      readonly replyTo?: string;
    }
  | { readonly type: 'reaction'; readonly messageId: string; readonly emoji: string }
  | { readonly type: 'edit'; readonly messageId: string; readonly text: string }
  | { readonly type: 'revoke'; readonly messageId: string };

export type ContentType = OutgoingContent['type'] | 'unknown';

export type MediaInfo = {
  readonly kind: MediaKind;
  readonly mimeType: string;
  readonly fileLength: number;
  /** Of the file as its sender had it, hex. */
  readonly sha256: string;
  readonly fileName?: string;
  readonly voice?: boolean;
  readonly url: string;
};

/** What a phone reads in a message: `text` is the body, a caption, or the text after an edit. */
export type MessageContent = {
  readonly type: ContentType;
  readonly text?: string;
  readonly media?: MediaInfo;
  readonly location?: {
    readonly latitude: number;
    readonly longitude: number;
    readonly name?: string;
    readonly address?: string;
  };
  readonly contact?: { readonly name: string; readonly phone?: string; readonly vcard: string };
  readonly poll?: { readonly question: string; readonly options: readonly string[]; readonly multiple: boolean };
  /** An empty emoji takes the reaction back. */
  readonly reaction?: { readonly messageId: string; readonly emoji: string };
  /** The message that an edit or a revocation is about. */
  readonly target?: string;
  readonly replyTo?: string;
  /** Numbers, or LIDs where the sender wrote those. */
  readonly mentions?: readonly string[];
};

import type { proto } from '../../transport/wire.js';
import type { MediaKind } from '../media-store.js';

/** A file that a phone sends. Default for `mimeType`: a common type of that kind. */
type OutgoingMedia = {
  readonly type: MediaKind;
  readonly bytes: Buffer;
  readonly mimeType?: string;
  readonly text?: string;
  readonly fileName?: string;
  /** Audio only: send as a voice message. */
  readonly voice?: boolean;
  /** Images, videos and audio: to be opened once. */
  readonly viewOnce?: boolean;
  /** Video only: repeats without sound. */
  readonly gif?: boolean;
  /** Video only: a round one. */
  readonly note?: boolean;
  readonly mentions?: readonly string[];
};

/** Content that a virtual phone can send. `messageId` is the id of a message of this phone. */
export type SendableContent =
  | {
      readonly type: 'text';
      readonly text: string;
      readonly mentions?: readonly string[];
      readonly replyTo?: string;
      readonly forwarded?: boolean;
    }
  | (OutgoingMedia & { readonly replyTo?: string; readonly forwarded?: boolean })
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
  | {
      readonly type: 'edit';
      readonly messageId: string;
      readonly text: string;
      readonly mentions?: readonly string[];
      /** Of a file, whose caption it edits: send all that is known of it, instead of the caption alone. */
      readonly wholeFile?: boolean;
      /** Encrypt it with the secret of the edited message. */
      readonly sealed?: boolean;
    }
  | { readonly type: 'revoke'; readonly messageId: string }
  /** On a poll: encrypted with its secret. Without options, an earlier vote is withdrawn. */
  | { readonly type: 'vote'; readonly messageId: string; readonly options: readonly string[] }
  /** Any message, sent as it is. */
  | { readonly type: 'raw'; readonly message: proto.IMessage };

type ContentType = Exclude<SendableContent['type'], 'raw'> | 'unknown';

export type MediaInfo = {
  readonly kind: MediaKind;
  readonly mimeType: string;
  readonly fileLength: number;
  /** SHA-256 of the plain file, hex. */
  readonly sha256: string;
  readonly fileName?: string;
  readonly voice?: boolean;
  readonly viewOnce?: boolean;
  /** Of videos: repeats without sound. */
  readonly gif?: boolean;
  /** Of videos: a round one. */
  readonly note?: boolean;
  /** Of a sticker. */
  readonly animated?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly seconds?: number;
  /** Size of the picture that is shown until the file is loaded. */
  readonly thumbnailBytes?: number;
  /** Of voice messages: how loud they are from start to end, from 0 to 100. */
  readonly waveform?: readonly number[];
  readonly url: string;
};

type Contact = { readonly name: string; readonly phone?: string; readonly vcard: string };

/** Content of a message as a phone shows it: `text` is the body, a caption, or the text after an edit. */
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
  readonly contact?: Contact;
  /** Where several were sent together: all but the first. */
  readonly otherContacts?: readonly Contact[];
  readonly poll?: {
    readonly question: string;
    readonly options: readonly string[];
    readonly multiple: boolean;
    /** Set once somebody has voted. Numbers of the voters. */
    readonly votes?: readonly { readonly option: string; readonly count: number; readonly voters: readonly string[] }[];
  };
  /** Of a vote: what it is for, where the phone has its poll. */
  readonly vote?: { readonly options: readonly string[] };
  /** An empty emoji removes the reaction. */
  readonly reaction?: { readonly messageId: string; readonly emoji: string };
  /** Id of the edited or revoked message, or of the poll. */
  readonly target?: string;
  readonly replyTo?: string;
  /** What its sender shows above it of the message that it answers. */
  readonly quoted?: MessageContent;
  readonly forwarded?: true;
  /** How a text is shown that is a status post: `#RRGGBB`, and WhatsApp's number of a font. */
  readonly style?: { readonly backgroundColor?: string; readonly font?: number };
  /** What the sender shows of a page to which the text links. `thumbnailBytes`: size of the picture. */
  readonly preview?: {
    readonly url: string;
    readonly title: string;
    readonly description?: string;
    readonly thumbnailBytes?: number;
  };
  /** Numbers, or LIDs if the sender used them. */
  readonly mentions?: readonly string[];
};

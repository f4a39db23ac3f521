import type { AnyMessageContent, proto, WAMessageKey } from '@whiskeysockets/baileys';
import type { ContentKinds } from '../../content.js';
import type { ReceivedSecrets } from '../received-secrets.js';

/** How one kind of content is written to WhatsApp and read from it: in each direction that the kind has. */
export type ContentConverter<Kind extends keyof ContentKinds> = ToWhatsApp<ContentKinds[Kind]> &
  FromWhatsApp<ContentKinds[Kind]>;

/** What a message consists of beside its content. */
export type ToWhatsAppContext = {
  /** The message that it answers. */
  readonly answered?: WAMessageKey | undefined;
  /** The key of the file that it consists of, by the SHA-256 (base64) of that. */
  readonly mediaKey: (sha256: string) => Uint8Array;
  /** The jids of those whom it mentions. */
  readonly mentioned: readonly string[];
};

/** What Baileys makes a message of; or the message, where Baileys could only make it by doing more than that. */
export type Sendable = AnyMessageContent | { readonly built: proto.IMessage };

type ToWhatsApp<Directions> = Directions extends { readonly outgoing: infer Content }
  ? {
      /** The same content always makes the same message, so that it can be repeated. */
      readonly toWhatsApp: (content: Content, context: ToWhatsAppContext) => Sendable;
    }
  : unknown;

type FromWhatsApp<Directions> = Directions extends { readonly received: infer Content }
  ? {
      /** Undefined where the message is of another kind. `isEdit`: phones leave out how a file is fetched when they edit what is beside it. */
      readonly fromWhatsApp: (
        message: proto.IMessage,
        secrets: Pick<ReceivedSecrets, 'seal'>,
        isEdit?: boolean,
      ) => Content | undefined;
    }
  : unknown;

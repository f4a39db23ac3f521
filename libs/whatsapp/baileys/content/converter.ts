import type { AnyMessageContent, proto, WAMessageKey } from '@whiskeysockets/baileys';
import type { ContentKinds } from '../../content.js';
import type { ReceivedSecrets } from '../received-secrets.js';

/** How one kind of content is written to WhatsApp and read from it: in each direction that the kind has. */
export type ContentConverter<Kind extends keyof ContentKinds> = ToWhatsApp<ContentKinds[Kind]> &
  FromWhatsApp<ContentKinds[Kind]>;

type ToWhatsApp<Directions> = Directions extends { readonly outgoing: infer Content }
  ? {
      /** The same content always makes the same message, so that it can be repeated. `answered` is the message that it answers. */
      readonly toWhatsApp: (content: Content, answered?: WAMessageKey) => AnyMessageContent;
    }
  : unknown;

type FromWhatsApp<Directions> = Directions extends { readonly received: infer Content }
  ? {
      /** Undefined where the message is of another kind. */
      readonly fromWhatsApp: (message: proto.IMessage, secrets: Pick<ReceivedSecrets, 'seal'>) => Content | undefined;
    }
  : unknown;

import { proto, type WAMessageKey } from '@whiskeysockets/baileys';
import type { OutgoingText } from '../../content/text.js';
import type { ContentConverter } from './converter.js';

const { Type } = proto.Message.ProtocolMessage;

export const edit: ContentConverter<'edit'> = {
  // Baileys would take the time of the attempt for that of the edit.
  toWhatsApp: ({ text, editedAt }, { answered, mentioned }) => ({
    built: {
      protocolMessage: {
        key: changed(answered),
        type: Type.MESSAGE_EDIT,
        editedMessage: editedText(text, mentioned),
        timestampMs: Date.parse(editedAt),
      },
    },
  }),
};

export const revocation: ContentConverter<'revocation'> = {
  toWhatsApp: (_content, { answered }) => ({ delete: changed(answered) }),
};

const changed = (answered: WAMessageKey | undefined): WAMessageKey => {
  if (!answered) throw new Error('A change needs the message that it is about');
  return answered;
};

const editedText = ({ body: text }: OutgoingText, mentioned: readonly string[]): proto.IMessage =>
  mentioned.length === 0
    ? { conversation: text }
    : { extendedTextMessage: { text, contextInfo: { mentionedJid: [...mentioned] } } };

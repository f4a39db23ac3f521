import { proto, type WAMessageKey } from '@whiskeysockets/baileys';
import { jidOf } from '../../addresses.js';
import type { OutgoingText } from '../../content/text.js';
import type { ContentConverter } from './converter.js';

const { Type } = proto.Message.ProtocolMessage;

export const edit: ContentConverter<'edit'> = {
  // Baileys would take the time of the attempt for that of the edit.
  toWhatsApp: ({ text, editedAt }, { answered }) => ({
    built: {
      protocolMessage: {
        key: changed(answered),
        type: Type.MESSAGE_EDIT,
        editedMessage: editedText(text),
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

const editedText = ({ body: text, mentions = [] }: OutgoingText): proto.IMessage => {
  if (mentions.length === 0) return { conversation: text };
  const mentionedJid = mentions.map((each) => (each.includes('@') ? each : jidOf(each)));
  return { extendedTextMessage: { text, contextInfo: { mentionedJid } } };
};

import type { proto } from '@whiskeysockets/baileys';
import type { MediaKind, QuotedContent } from '../../content.js';

type QuotedMedia = Extract<QuotedContent, { readonly type: MediaKind }>;

/** A message as replies quote it: a part of its own type, so that phones show what it is, with its words. The file is not in it. */
export const quotedMessage = (text: string, content: QuotedContent | undefined): proto.IMessage => {
  if (!content) return { conversation: text };
  switch (content.type) {
    case 'location': {
      const { latitude, longitude, name, address } = content;
      const place = { degreesLatitude: latitude, degreesLongitude: longitude };
      return { locationMessage: { ...place, ...(name !== null && { name }), ...(address !== null && { address }) } };
    }
    case 'contact': {
      const contacts = content.names.map((displayName) => ({ displayName }));
      const [first, ...others] = contacts;
      if (first && others.length === 0) return { contactMessage: first };
      return { contactsArrayMessage: { displayName: `${contacts.length} contacts`, contacts } };
    }
    case 'poll': {
      const options = content.options.map((optionName) => ({ optionName }));
      const selectableOptionsCount = content.multiple ? 0 : 1;
      return { pollCreationMessageV3: { name: content.question, options, selectableOptionsCount } };
    }
    default:
      return quotedFile(text, content);
  }
};

const quotedFile = (text: string, content: QuotedMedia): proto.IMessage => {
  const { type, form, mimeType, fileName, seconds, viewOnce } = content;
  const part = { ...(mimeType !== null && { mimetype: mimeType }), ...(viewOnce && { viewOnce }) };
  const played = { ...part, ...(seconds !== null && { seconds }) };
  const caption = text === '' ? {} : { caption: text };
  switch (type) {
    case 'image':
      return { imageMessage: { ...part, ...caption } };
    case 'video':
      if (form === 'note') return { ptvMessage: played };
      return { videoMessage: { ...played, ...caption, ...(form === 'gif' && { gifPlayback: true }) } };
    case 'audio':
      return { audioMessage: { ...played, ptt: form === 'voice' } };
    case 'document':
      return { documentMessage: { ...part, ...caption, ...(fileName !== null && { fileName, title: fileName }) } };
    case 'sticker':
      return { stickerMessage: { ...part, isAnimated: form === 'animated' } };
  }
};

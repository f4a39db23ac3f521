import type { proto, WAUrlInfo } from '@whiskeysockets/baileys';
import type { OutgoingText, TextPreview } from '../../content/text.js';
import { lineOf, textOf, urlOf } from './bounded.js';
import type { ContentConverter } from './converter.js';

export const text: ContentConverter<'text'> = {
  toWhatsApp: ({ body, preview }, { mentioned }) => ({
    text: body,
    // Null: Baileys would fetch one itself, from whatever server.
    linkPreview: preview ? previewToWhatsApp(preview) : null,
    ...(mentioned.length > 0 && { mentions: [...mentioned] }),
  }),
  fromWhatsApp: (message) => {
    const tap = tapOf(message);
    if (tap) {
      const id = lineOf(tap.id);
      const body = textOf(tap.text) ?? id;
      return body === null ? undefined : { type: 'text', body, selection: { id, text: body } };
    }
    const body = message.conversation ?? message.extendedTextMessage?.text;
    const preview = previewFrom(message.extendedTextMessage);
    return typeof body === 'string'
      ? { type: 'text', body: textOf(body) ?? '', ...(preview && { preview }) }
      : undefined;
  },
};

const previewToWhatsApp = ({ url, title, description, thumbnail }: Required<OutgoingText>['preview']): WAUrlInfo => ({
  'canonical-url': url,
  'matched-text': url,
  title,
  ...(description !== null && { description }),
  ...(thumbnail !== null && { jpegThumbnail: Buffer.from(thumbnail, 'base64') }),
});

const previewFrom = (message: proto.Message.IExtendedTextMessage | null | undefined): TextPreview | undefined => {
  const [url, title] = [urlOf(message?.matchedText), lineOf(message?.title)];
  return url === null || title === null ? undefined : { url, title, description: textOf(message?.description) };
};

type Tap = { readonly id: string | null | undefined; readonly text: string | null | undefined };

/** What a person chose from the buttons or the list of an earlier message. */
const tapOf = (message: proto.IMessage): Tap | undefined => {
  const { buttonsResponseMessage: button, listResponseMessage: row } = message;
  const { templateButtonReplyMessage: reply, interactiveResponseMessage: interactive } = message;
  if (button) return { id: button.selectedButtonId, text: button.selectedDisplayText };
  if (row) return { id: row.singleSelectReply?.selectedRowId, text: row.title || row.description };
  if (reply) return { id: reply.selectedId, text: reply.selectedDisplayText };
  if (!interactive) return undefined;
  return { id: idIn(interactive.nativeFlowResponseMessage?.paramsJson), text: interactive.body?.text };
};

const idIn = (json: string | null | undefined): string | null => {
  try {
    const { id } = JSON.parse(json ?? '') as { readonly id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null; // the sender of the buttons has written something else there
  }
};

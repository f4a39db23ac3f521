import type { proto } from '@whiskeysockets/baileys';
import { lineOf, textOf } from './bounded.js';
import type { ContentConverter } from './converter.js';

export const text: ContentConverter<'text'> = {
  // Without a link preview: this service would have to fetch it, and the linked server would learn who writes to whom.
  toWhatsApp: ({ body }, { mentioned }) => ({
    text: body,
    linkPreview: null,
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
    return typeof body === 'string' ? { type: 'text', body: textOf(body) ?? '' } : undefined;
  },
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

import type { Person, Report } from '#lib/whatsapp';

/** The account that it comes to: the one of a new sender. */
const account = '+491701234567';

/** What WhatsApp reports when somebody writes a text in their own chat. */
export const writtenReport = (by: Person, body: string): Report => ({
  kind: 'message',
  message: {
    key: { whatsappId: `3EB0${body}`, chat: by.jid, fromMe: false, participant: null },
    account,
    chat: by,
    sender: by,
    pushName: null,
    verifiedName: null,
    content: { type: 'text', body },
    replyTo: null,
    mentions: [],
    referral: null,
    forwarded: false,
    sealedSecret: null,
    sentAt: new Date().toISOString(),
    wasWaiting: false,
  },
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { Person, Report } from '#lib/whatsapp';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { ListMessages } from '../../src/messaging/message-view.contract.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';

const [number, lid] = ['491707654321@s.whatsapp.net', '1234567@lid'];
const ada = {
  byNumber: { jid: number, phoneNumber: '+491707654321', lid: null },
  byLid: { jid: lid, phoneNumber: null, lid },
  byBoth: { jid: lid, phoneNumber: '+491707654321', lid },
} as const satisfies { readonly [how: string]: Person };

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let userId: string;
let sessionId: string;

beforeAll(async () => {
  messaging = await startMessaging();
  userId = await messaging.newSender(10);
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const data = { messageId: newId(), userId, to: '+49 170 1111111', content };
  ({ sessionId } = (await messaging.dispatch<SendMessage>({ type: 'SendMessage', data })).message);
});

afterAll(() => messaging.stop());

const written = (by: Person, body: string): Report => ({
  kind: 'message',
  message: {
    key: { whatsappId: `3EB0${body}`, chat: by.jid, fromMe: false, participant: null },
    account: '+491701234567',
    chat: by,
    sender: by,
    pushName: null,
    content: { type: 'text', body },
    replyTo: null,
    mentions: [],
    referral: null,
    sealedSecret: null,
    sentAt: new Date().toISOString(),
    wasWaiting: false,
  },
});

/** The texts of the one chat there is, in the order in which they are on record. */
const recorded = async (): Promise<readonly (string | null | undefined)[]> => {
  const query: ListMessages = { type: 'ListMessages', data: { userId, direction: 'incoming', limit: 100 } };
  const { data } = await messaging.ask<ListMessages>(query);
  expect(new Set(data.map(({ chatId }) => chatId)).size).toBeLessThan(2);
  return data.map(({ text }) => text).toReversed();
};

describe('what one person writes', () => {
  it('is recorded in order, whichever of their addresses each message names', async () => {
    const texts = Array.from({ length: 30 }, (_, n) => String(n));
    const names = [ada.byLid, ada.byNumber, ada.byNumber, ada.byBoth, ada.byLid];
    await messaging.hear(sessionId, written(ada.byBoth, 'first'));
    await Promise.all(texts.map((text, n) => messaging.hear(sessionId, written(names[n % names.length]!, text))));
    const all = await eventually(async () => {
      const seen = await recorded();
      return seen.length > texts.length && seen;
    });
    expect(all).toEqual(['first', ...texts]);
  });
});

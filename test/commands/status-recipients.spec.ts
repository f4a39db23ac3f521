import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { ListChats } from '../../src/messaging/chats/chat.contract.js';
import type { GetMessage, ListMessages } from '../../src/messaging/message-view.contract.js';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';
import { watched } from '../support/watched-port.js';

const recipients = Array.from({ length: 1_000 }, (_each, n) => `${338412907716000 + n}@lid`);
const [known = ''] = recipients;
const number = '+491702222222';

/** How many addresses were looked up. */
let asked = 0;
let messaging: Awaited<ReturnType<typeof startMessaging>>;

beforeAll(async () => {
  messaging = await startMessaging({
    modelsOf: (models) =>
      watched(models, 'getAll', ({ name }, ids) => {
        if (name === 'addresses') asked += ids.length;
      }),
  });
});

afterAll(() => messaging.stop());

it('are looked up where one post is asked for, not in lists', async () => {
  const userId = await messaging.newSender(10);
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const post = async () => {
    const data = { messageId: newId(), userId, to: 'status', recipients, content };
    return (await messaging.dispatch<SendMessage>({ type: 'SendMessage', data })).message;
  };
  const [{ id: messageId, sessionId }] = [await post(), await post(), await post()];
  const sender = { jid: known, phoneNumber: number, lid: known };
  await messaging.hear(sessionId, {
    kind: 'message',
    message: {
      key: { whatsappId: 'A', chat: known, fromMe: false, participant: null },
      account: '+491701234567',
      chat: sender,
      sender,
      pushName: null,
      verifiedName: null,
      sentAt: '2026-11-23T10:00:00.000Z',
      wasWaiting: false,
      content: { type: 'text', body: 'Hi' },
      replyTo: null,
      mentions: [],
      referral: null,
      forwarded: false,
      sealedSecret: null,
    },
  });
  const get: GetMessage = { type: 'GetMessage', data: { messageId, userId } };
  const { recipients: shown = [] } = await eventually(async () => {
    const view = await messaging.ask(get);
    return view.recipients?.[0] === number && view;
  });
  expect(shown).toEqual([number, ...recipients.slice(1)]);
  const list: ListMessages = { type: 'ListMessages', data: { userId, limit: 100 } };
  await eventually(async () => (await messaging.ask(list)).data.length === 4); // follows the log apart from the names
  asked = 0;
  expect((await messaging.ask(list)).data).toHaveLength(4);
  const chats: ListChats = { type: 'ListChats', data: { userId, limit: 100 } };
  expect((await messaging.ask(chats)).data.map(({ kind }) => kind)).toContain('status');
  expect(asked).toBeLessThan(50);
});

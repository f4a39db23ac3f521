import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { ChangeChat, ListChats } from '../../src/messaging/chats/chat.contract.js';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { ListMessages } from '../../src/messaging/message-view.contract.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';
import { writtenReport } from '../support/written-report.js';

let messaging: Awaited<ReturnType<typeof startMessaging>>;

beforeAll(async () => {
  messaging = await startMessaging();
});

afterAll(() => messaging.stop());

it('one person is one chat, although they wrote by number and by LID before WhatsApp revealed that both are theirs', async () => {
  const userId = await messaging.newSender(10);
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const hello = { messageId: newId(), userId, to: '+49 170 1111111', content };
  const { message } = await messaging.dispatch<SendMessage>({ type: 'SendMessage', data: hello });
  const { sessionId } = message;
  const [phoneNumber, jid, lid] = ['+491707654321', '491707654321@s.whatsapp.net', '9491707654321@lid'];
  await messaging.hear(sessionId, writtenReport({ jid, phoneNumber, lid: null }, 'by number'));
  await messaging.hear(sessionId, writtenReport({ jid: lid, phoneNumber: null, lid }, 'by LID'));
  const list = async () => {
    const { data } = await messaging.ask<ListChats>({ type: 'ListChats', data: { userId, limit: 10 } });
    return data.filter(({ id }) => id !== message.chatId);
  };
  expect(await eventually(async () => (await list()).length === 2 && (await list()))).toHaveLength(2);
  await messaging.hear(sessionId, writtenReport({ jid: lid, phoneNumber, lid }, 'by both'));
  // That it is one chat is known before its last message is in the view.
  const [chat, ...others] = await eventually(async () => {
    const chats = await list();
    return chats[0]?.unread === 3 && chats;
  });
  expect(others).toEqual([]);
  expect(chat).toMatchObject({ phoneNumber, lid, chat: jid, unread: 3, lastMessage: { text: 'by both' } });
  const data = { userId, sessionId, chat: jid, limit: 10 };
  const { data: messages } = await messaging.ask<ListMessages>({ type: 'ListMessages', data });
  expect(messages.map(({ text, chatId }) => [text, chatId])).toEqual(
    ['by both', 'by LID', 'by number'].map((text) => [text, chat?.id]),
  );
});

it('a chat that was marked as unread before it became one with another is read with it', async () => {
  const userId = await messaging.newSender(10);
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const hello = { messageId: newId(), userId, to: '+49 170 1111111', content };
  const { message } = await messaging.dispatch<SendMessage>({ type: 'SendMessage', data: hello });
  const { sessionId } = message;
  const [phoneNumber, jid, lid] = ['+491707654322', '491707654322@s.whatsapp.net', '9491707654322@lid'];
  const list = async () => {
    const { data } = await messaging.ask<ListChats>({ type: 'ListChats', data: { userId, limit: 10 } });
    return data.filter(({ id }) => id !== message.chatId);
  };
  const change = (chatId: string, action: ChangeChat['data']['action']) =>
    messaging.dispatch<ChangeChat>({ type: 'ChangeChat', data: { chatId, userId, action } });
  await messaging.hear(sessionId, writtenReport({ jid, phoneNumber, lid: null }, 'to number'));
  await messaging.hear(sessionId, writtenReport({ jid: lid, phoneNumber: null, lid }, 'to LID'));
  const both = await eventually(async () => {
    const found = await list();
    return found.length === 2 && found;
  });
  for (const { id } of both) {
    await change(id, 'read');
    await change(id, 'unread');
  }
  await messaging.learn({ userId, sessionId, account: '+491701234567' }, { phoneNumber, lid });
  const [chat] = await eventually(async () => {
    const found = await list();
    return found.length === 1 && found[0]?.unread === 2 && found;
  });
  await change(chat?.id ?? '', 'read');
  await eventually(async () => (await list())[0]?.unread === 0);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { NamedPerson } from '../../src/messaging/address.contract.js';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { MessageView } from '../../src/messaging/message-view.contract.js';
import { startMessaging } from '../support/messaging-app.js';

let messaging: Awaited<ReturnType<typeof startMessaging>>;

beforeAll(async () => {
  messaging = await startMessaging();
});

afterAll(() => messaging.stop());

const [phoneNumber, lid, spelling] = ['+551187654321', '338412907716533@lid', '+5511987654321'];

/** A user with one session, to which WhatsApp has named nobody yet. */
const newSender = async () => {
  const userId = await messaging.newSender(100);
  const send = async (to: string, more: Partial<SendMessage['data']> = {}): Promise<MessageView> => {
    const content = { type: 'text', body: 'Hello', mentions: [] } as const;
    const data = { messageId: newId(), userId, to, content, ...more };
    return (await messaging.dispatch<SendMessage>({ type: 'SendMessage', data })).message;
  };
  const { sessionId, account } = await send('+49 30 123456');
  const learn = (...people: readonly NamedPerson[]) => messaging.learn({ userId, sessionId, account }, ...people);
  return { send, learn };
};

describe('what WhatsApp reveals of a person', () => {
  it('leaves them in the chat that began with the LID', async () => {
    const { send, learn } = await newSender();
    const first = await send(lid);
    await learn({ phoneNumber, lid });
    const second = await send(phoneNumber, { replyTo: first.id });
    expect(second).toMatchObject({ chatId: first.chatId, to: phoneNumber, chat: '551187654321@s.whatsapp.net' });
    expect(await send(lid)).toMatchObject({ chatId: first.chatId, to: phoneNumber });
  });

  it('is one chat for all addresses, also where it is revealed in several ways at the same time', async () => {
    const { send, learn } = await newSender();
    await Promise.all([
      learn({ phoneNumber, lid, spelling }),
      learn({ phoneNumber, lid }),
      learn({ phoneNumber, lid: null, spelling }, { phoneNumber, lid: null }),
    ]);
    const chats = [];
    for (const to of [phoneNumber, lid, spelling]) chats.push((await send(to)).chatId);
    expect(new Set(chats).size).toBe(1);
  });

  it('is known to this account of this session alone', async () => {
    const [one, other] = [await newSender(), await newSender()];
    await one.learn({ phoneNumber, lid });
    expect((await other.send(lid)).chatId).not.toBe((await other.send(phoneNumber)).chatId);
  });

  it('makes a number acceptable that should not exist', async () => {
    const { send, learn } = await newSender();
    const number = '+1202555014';
    await expect(send(number)).rejects.toMatchObject({ code: 'invalid_recipient' });
    await learn({ phoneNumber: number, lid: null });
    expect(await send(number)).toMatchObject({ to: number, status: 'queued' });
  });
});

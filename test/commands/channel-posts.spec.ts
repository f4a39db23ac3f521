import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { SendFailed } from '#lib/whatsapp';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { ForwardMessage } from '../../src/messaging/message-requests.contract.js';
import type { GetMessage } from '../../src/messaging/message-view.contract.js';
import type { Messenger } from '../../src/sessions/whatsapp.contract.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';

const account = '+491701234567';
const channel = '120363041234567890@newsletter';
const unanswered = new SendFailed({ kind: 'unknown' }, 'No ack');
const notSent = new SendFailed({ kind: 'not_sent', reason: 'The message could not be prepared.' }, 'Not prepared');

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let userId: string;
/** Where messages went. */
let sent: string[];
let answer: () => Promise<{ readonly sentAt: string }>;

const start = (directory?: Awaited<ReturnType<typeof startMessaging>>['directory']) => {
  const checkNumbers: Messenger['checkNumbers'] = async (_sessionId, numbers) =>
    numbers.map((phoneNumber) => ({
      phoneNumber,
      exists: true,
      jid: `${phoneNumber.slice(1)}@s.whatsapp.net`,
      lid: null,
    }));
  return startMessaging({
    ...(directory && { directory }),
    connections: {
      isOpen: () => true,
      account: () => account,
      onOpen: () => undefined,
      hasten: () => undefined,
    },
    messenger: {
      checkNumbers,
      send: async (_sessionId, { to }) => {
        sent.push(to);
        return answer();
      },
    },
  });
};

beforeEach(async () => {
  sent = [];
  messaging = await start();
  userId = await messaging.newSender(10);
});

afterEach(() => messaging.stop());

const send = async (to: string, mentions: readonly string[] = []): Promise<string> => {
  const content = { type: 'text', body: 'Hello', mentions } as const;
  const data = { messageId: newId(), userId, to, content };
  return (await messaging.dispatch<SendMessage>({ type: 'SendMessage', data })).message.id;
};

const becomes = (messageId: string, status: string) =>
  eventually(async () => {
    const message = await messaging.ask<GetMessage>({ type: 'GetMessage', data: { messageId, userId } });
    return message.status === status && message;
  });

it.each([
  ['a channel', { to: channel }],
  ['the status', { to: 'status', recipients: ['+49 170 7654321'] }],
])('a text that is forwarded to %s mentions nobody, as nobody is there', async (_where, request) => {
  answer = () => Promise.resolve({ sentAt: new Date().toISOString() });
  const of = await send('+49 170 7654321', ['+491709999999']);
  const data = { messageId: newId(), userId, of, ...request };
  const { message } = await messaging.dispatch<ForwardMessage>({ type: 'ForwardMessage', data });
  expect(message.content).toEqual({ type: 'text', body: 'Hello' });
});

const unconfirmed = { code: 'unconfirmed', retryable: true, reason: expect.stringContaining('It may have arrived.') };

describe('a post in a channel', () => {
  it('is not sent again where WhatsApp did not answer, as a message to a person is', async () => {
    let failures = 2;
    answer = () =>
      (failures -= 1) < 0 ? Promise.resolve({ sentAt: new Date().toISOString() }) : Promise.reject(unanswered);
    expect((await becomes(await send(channel), 'failed')).error).toMatchObject(unconfirmed);
    await becomes(await send('+49 170 7654321'), 'sent');
    expect(sent).toEqual([channel, '491707654321@s.whatsapp.net', '491707654321@s.whatsapp.net']);
  });

  it('is sent again where it certainly has not left', async () => {
    let failures = 1;
    answer = () =>
      (failures -= 1) < 0 ? Promise.resolve({ sentAt: new Date().toISOString() }) : Promise.reject(notSent);
    await becomes(await send(channel), 'sent');
    expect(sent).toEqual([channel, channel]);
  });

  it('is not sent again where the service ended before it knew', async () => {
    answer = () => new Promise(() => undefined);
    const id = await send(channel);
    await eventually(() => sent.length === 1);
    await messaging.close();
    answer = () => Promise.resolve({ sentAt: new Date().toISOString() });
    messaging = await start(messaging.directory);
    expect((await becomes(id, 'failed')).error).toMatchObject(unconfirmed);
    expect(sent).toEqual([channel]);
  });
});

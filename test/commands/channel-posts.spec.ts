import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { messageIdFor, personOf, SendFailed, type Received, type Report } from '#lib/whatsapp';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { ForwardMessage, EditMessage, RevokeMessage } from '../../src/messaging/message-requests.contract.js';
import type { GetMessage, ListMessages } from '../../src/messaging/message-view.contract.js';
import type { Messenger } from '../../src/sessions/whatsapp.contract.js';
import { eventually } from '../support/eventually.js';
import { holdViews, type HeldViews } from '../support/held-views.js';
import { startMessaging } from '../support/messaging-app.js';
import { writtenReport } from '../support/written-report.js';

const account = '+491701234567';
const channel = '120363041234567890@newsletter';
const answered = async () => ({ sentAt: new Date().toISOString() });
const unanswered = new SendFailed({ kind: 'unknown' }, 'No ack');
const refused = (code: number) =>
  new SendFailed({ kind: 'refused', refusal: { code, reason: 'Refused.', retryable: false } }, 'Refused');
const notSent = new SendFailed({ kind: 'not_sent', reason: 'The message could not be prepared.' }, 'Not prepared');

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let userId: string;
/** Where messages went. */
let sent: string[];
let answer: () => Promise<{ readonly sentAt: string }>;
let held: HeldViews;

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
    modelsOf: (models) => {
      held = holdViews(models);
      held.release();
      return held.models;
    },
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

const shown = (messageId: string) => messaging.ask<GetMessage>({ type: 'GetMessage', data: { messageId, userId } });

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

describe('a change of a post', () => {
  const posted = async (): Promise<string> => {
    answer = answered;
    const id = await send(channel);
    await becomes(id, 'sent');
    answer = () => Promise.reject(refused(404));
    return id;
  };

  it('is done where WhatsApp does not know the post that is to be deleted', async () => {
    const messageId = await posted();
    await messaging.dispatch<RevokeMessage>({ type: 'RevokeMessage', data: { messageId, userId } });
    await eventually(async () => (await shown(messageId)).revokedAt !== undefined);
  });

  it('fails where WhatsApp does not know the post that is to be edited', async () => {
    const messageId = await posted();
    const content = { type: 'text', body: 'Later', mentions: [] } as const;
    await messaging.dispatch<EditMessage>({ type: 'EditMessage', data: { messageId, userId, content } });
    const failed = await eventually(
      async () => (await messaging.record(messageId)).find(({ type }) => type === 'MessageChangeFailed') ?? false,
    );
    expect(failed.data).toMatchObject({ kind: 'edit', code: 'whatsapp_404' });
  });
});

describe('what is posted in a channel', () => {
  const theirs = '120363049999999999@newsletter';
  const post = (jid: string, body: string, whatsappId = `P-${body}`): Report & { readonly kind: 'message' } => {
    const report = writtenReport(personOf(jid), body);
    if (report.kind !== 'message') throw new Error('It is a message');
    const { message } = report;
    return { ...report, message: { ...message, key: { ...message.key, whatsappId } } };
  };
  const changes = (jid: string, whatsappId: string): readonly Report[] => {
    const by = (change: string): Received => post(jid, change, `${whatsappId} ${change}`).message;
    return [
      { kind: 'edited', message: by('edit'), whatsappId, content: { type: 'text', body: 'Changed' }, mentions: [] },
      { kind: 'reaction', message: by('reaction'), whatsappId, author: personOf(jid), emoji: '👎' },
      { kind: 'revoked', message: by('deletion'), whatsappId, author: personOf(jid) },
    ];
  };
  const sentTo = async (to: string) => {
    answer = answered;
    const message = await becomes(await send(to), 'sent');
    return { ...message, whatsappId: messageIdFor(message.id) };
  };
  const received = async (chat: string) =>
    (
      await messaging.ask<ListMessages>({
        type: 'ListMessages',
        data: { userId, direction: 'incoming', chat, limit: 10 },
      })
    ).data;
  const eventsOf = async (id: string) => (await messaging.record(id)).map(({ type }) => type);

  it.each([
    ['a person', '+49 170 7654321'],
    ['another channel', channel],
  ])('changes no message that was sent to %s, and may have its id', async (_whom, to) => {
    const { id, sessionId, whatsappId } = await sentTo(to);
    if (to !== channel) await sentTo(theirs);
    for (const change of changes(theirs, whatsappId)) await messaging.hear(sessionId, change);
    expect(await eventsOf(id)).toEqual(['MessageQueued', 'MessageAttempted', 'MessageSent']);
    await messaging.hear(sessionId, post(theirs, 'Taken', whatsappId));
    await eventually(async () => (await received(theirs)).length === 1);
  });

  it.each([
    ['in another group', '120363048888888888@g.us', ['MessageQueued', 'MessageAttempted', 'MessageSent']],
    [
      'in that group',
      '120363047777777777@g.us',
      ['MessageQueued', 'MessageAttempted', 'MessageSent', 'MessageRevoked'],
    ],
  ])('a group: an admin deletes a message %s', async (_where, where, events) => {
    const { id, sessionId, whatsappId } = await sentTo('120363047777777777@g.us');
    const { message } = post(where, 'deletion', `D-${whatsappId}`);
    await messaging.hear(sessionId, { kind: 'revoked', message, whatsappId, author: null });
    expect(await eventsOf(id)).toEqual(events);
  });

  it('changes what was sent from here to the same channel, which is not recorded a second time', async () => {
    const { id, sessionId, whatsappId } = await sentTo(channel);
    await messaging.hear(sessionId, post(channel, 'Hello', whatsappId));
    for (const change of changes(channel, whatsappId)) await messaging.hear(sessionId, change);
    expect((await eventsOf(id)).slice(3)).toEqual(['MessageEdited', 'ReactionReceived', 'MessageRevoked']);
    await messaging.hear(sessionId, post(channel, 'End'));
    await eventually(async () => (await received(channel)).length > 0);
    expect(await received(channel)).toMatchObject([{ text: 'End' }]);
  });

  it('still changes that after a restart', async () => {
    const { id, sessionId, whatsappId } = await sentTo(channel);
    await messaging.close();
    messaging = await start(messaging.directory);
    const [edit] = changes(channel, whatsappId);
    await messaging.hear(sessionId, edit!);
    expect((await eventsOf(id)).at(-1)).toBe('MessageEdited');
  });

  it('waits for no view, once it is known that nothing was sent there from here', async () => {
    const { sessionId } = await sentTo('+49 170 7654321');
    await messaging.hear(sessionId, post(theirs, 'One'));
    held.release(['messages']);
    await messaging.hear(sessionId, post(theirs, 'Two'));
    for (const change of changes(theirs, 'P-Two')) await messaging.hear(sessionId, change);
    held.release();
    await eventually(async () => (await received(theirs)).length === 2);
  }, 15_000);
});

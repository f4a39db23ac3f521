import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { ChatLookup } from '../../src/live/reading/chat-lookup.js';
import { EventHub } from '../../src/live/reading/event-hub.js';
import { EventReading } from '../../src/live/reading/event-reading.js';
import { Opening } from '../../src/live/opening.js';
import type { NamedPerson } from '../../src/messaging/address.contract.js';
import type { CancelMessage, SendMessage } from '../../src/messaging/message.contract.js';
import type { MessageView } from '../../src/messaging/message-view.contract.js';
import { holdViews, type HeldViews } from '../support/held-views.js';
import { startMessaging } from '../support/messaging-app.js';

const [phoneNumber, lid, spelling] = ['+551187654321', '338412907716533@lid', '+5511987654321'];

/** How long readers wait for an event before they give up. */
const patienceMs = 4000;

let views: HeldViews;
let messaging: Awaited<ReturnType<typeof startMessaging>>;
let userId: string;

/** Views that are not in `behind` follow the log. */
const start = async (...behind: readonly string[]): Promise<void> => {
  const modelsOf: NonNullable<Parameters<typeof startMessaging>[0]>['modelsOf'] = (models) =>
    (views = holdViews(models)).models;
  messaging = await startMessaging({ modelsOf, providers: [ChatLookup, EventHub, EventReading, Opening] });
  views.release(behind);
};

beforeEach(async () => {
  userId = await messaging.newSender(100);
});

const send = async (to: string): Promise<MessageView> => {
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const data = { messageId: newId(), userId, to, content };
  return (await messaging.dispatch<SendMessage>({ type: 'SendMessage', data })).message;
};
const cancel = (messageId: string) =>
  messaging.dispatch<CancelMessage>({ type: 'CancelMessage', data: { messageId, userId } });
const learn = ({ sessionId, account }: MessageView, person: NamedPerson) =>
  messaging.learn({ userId, sessionId, account }, person);

/** A reader of cancellations in one chat; answers a function that waits for the next one and says which message it is of. */
const follow = async (chat: string, after?: string) => {
  const asked = { types: ['message.canceled'], chat, ...(after !== undefined && { after }) };
  const { interest, from } = await messaging.part(Opening).open(userId, asked);
  const closing = new AbortController();
  const { events } = messaging
    .part(EventReading)
    .start(interest, from, AbortSignal.any([closing.signal, AbortSignal.timeout(patienceMs)]));
  const next = async (): Promise<string | undefined> => {
    const { value } = await events.next();
    return value && (JSON.parse(value.body) as { readonly data: { readonly id: string } }).data.id;
  };
  return { next, close: () => closing.abort() };
};

describe.each([
  ['up to date', []],
  ['behind the log', ['addresses']],
])('a reader of one chat, where the view of addresses is %s', (_how, behind) => {
  beforeAll(() => start(...behind));
  afterAll(async () => {
    views.release();
    await messaging.stop();
  });

  it.each([
    ['its id', ({ chatId }: MessageView) => chatId],
    ['its LID', () => lid],
    ['its id, in upper case', ({ chatId }: MessageView) => chatId.toUpperCase()],
  ])('has the events of a chat that had been merged with what it turns out to be, by %s', async (_by, nameOf) => {
    const [early, late] = [await send(spelling), await send(spelling)];
    await learn(early, { phoneNumber, lid: null, spelling });
    const opened = await send(lid);
    expect(opened.chatId).not.toBe(early.chatId);
    const reader = await follow(nameOf(opened));
    await learn(early, { phoneNumber, lid });
    await cancel(early.id);
    expect(await reader.next()).toBe(early.id);
    const second = await follow(nameOf(opened));
    const resumed = await follow(nameOf(opened), '0');
    await cancel(late.id);
    expect(await reader.next()).toBe(late.id);
    expect(await second.next()).toBe(late.id);
    expect([await resumed.next(), await resumed.next()]).toEqual([early.id, late.id]);
    for (const { close } of [reader, second, resumed]) close();
  });
});

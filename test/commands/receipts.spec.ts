import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { GetMessage } from '../../src/messaging/message-view.contract.js';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { ReceiptEvent } from '../../src/messaging/receipts/receipts.contract.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';
import { watched } from '../support/watched-port.js';

const count = 1_000;
const recipients = Array.from({ length: count }, (_each, n) => `${338412907716000 + n}@lid`);
const sentAt = '2026-11-23T10:00:00.000Z';

/** What WhatsApp tells of numbers. */
const lids = new Map([
  ['+491700000001', '990000000000001@lid'],
  ['+491700000002', '990000000000002@lid'],
]);

/** Of receipts that were read in the log. */
let streamsRead: string[] = [];
/** What an append to a stream waits for. */
let beforeWrite: (stream: string) => Promise<void> | undefined = () => undefined;
let messaging: Awaited<ReturnType<typeof startMessaging>>;

const start = (directory?: typeof messaging.directory) =>
  startMessaging({
    ...(directory && { directory }),
    connections: {
      isOpen: () => true,
      account: () => '+491701234567',
      onOpen: () => undefined,
      hasten: () => undefined,
    },
    messenger: {
      send: async () => ({ sentAt }),
      checkNumbers: async (_sessionId, numbers) =>
        numbers.map((phoneNumber) => {
          const lid = lids.get(phoneNumber) ?? null;
          return { phoneNumber, exists: true, jid: `${phoneNumber.slice(1)}@s.whatsapp.net`, lid };
        }),
    },
    eventsOf: (events) => {
      const writes = watched(events, 'append', ({ stream }) => beforeWrite(stream));
      return watched(writes, 'readStream', (stream) => {
        if (stream.startsWith('receipts-')) streamsRead.push(stream);
      });
    },
  });

beforeEach(async () => {
  streamsRead = [];
  beforeWrite = () => undefined;
  messaging = await start();
});

afterEach(() => messaging.stop());

const content = { type: 'text', body: 'Hello', mentions: [] } as const;

/** A status post for all of them that was sent; answers its ids. */
const posted = async () => sent({ userId: await messaging.newSender(10), to: 'status', recipients });

const sent = async (to: Pick<SendMessage['data'], 'userId' | 'to' | 'recipients'>) => {
  const { userId } = to;
  const data = { messageId: newId(), content, ...to };
  const { message } = await messaging.dispatch<SendMessage>({ type: 'SendMessage', data });
  const ask: GetMessage = { type: 'GetMessage', data: { messageId: message.id, userId } };
  await eventually(async () => (await messaging.ask(ask)).status === 'sent');
  return message;
};

type Post = Awaited<ReturnType<typeof posted>>;

const confirm = (
  { sessionId, whatsappId }: Post,
  status: 'delivered' | 'read',
  participant: string,
  chat = 'status@broadcast',
) => {
  const receipt = { whatsappIds: [whatsappId], status, at: sentAt, chat, participant };
  return messaging.hear(sessionId, { kind: 'receipt', receipt });
};

const recorded = async ({ id }: Post) =>
  (await messaging.events(`receipts-${id}`)).map(({ data }) => (data as ReceiptEvent['data']).receipts);

it('of a thousand people are few events, each person and status once, also after a restart', async () => {
  const post = await posted();
  for (const status of ['delivered', 'read'] as const) {
    await Promise.all([...recipients, ...recipients].map((jid) => confirm(post, status, jid)));
  }
  const before = await recorded(post);
  expect(before.length).toBeLessThan(60);
  expect(before.flat()).toHaveLength(2 * count);
  expect(new Set(before.flat().map(({ jid, status }) => `${jid} ${status}`)).size).toBe(2 * count);
  await messaging.close();
  messaging = await start(messaging.directory);
  await Promise.all(recipients.slice(0, 10).map((jid) => confirm(post, 'read', jid)));
  expect(await recorded(post)).toEqual(before);
  const progress = (await messaging.record(post.id)).map(({ type }) => type);
  expect(progress.filter((type) => type === 'MessageDelivered' || type === 'MessageRead')).toHaveLength(2);
}, 60_000);

it('of a message to one person are those of the message alone', async () => {
  const post = await posted();
  const receipt = { whatsappIds: [post.whatsappId], status: 'read', at: sentAt, chat: recipients[0]! } as const;
  await messaging.hear(post.sessionId, { kind: 'receipt', receipt: { ...receipt, participant: null } });
  expect(await recorded(post)).toEqual([]);
});

it('of many messages at once are read in the log once for each', async () => {
  const userId = await messaging.newSender(1_000);
  const people = recipients.slice(0, 6);
  const posts = await Promise.all(
    Array.from({ length: 150 }, () => sent({ userId, to: 'status', recipients: people })),
  );
  for (const status of ['delivered', 'read'] as const) {
    await Promise.all(people.flatMap((jid) => posts.map((post) => confirm(post, status, jid))));
  }
  expect(streamsRead).toHaveLength(posts.length);
}, 60_000);

it('are known while they are written, whatever comes of other messages meanwhile', async () => {
  const userId = await messaging.newSender(1_000);
  const [last = '', ...first] = recipients.toReversed();
  const others = await Promise.all(
    Array.from({ length: 150 }, () => sent({ userId, to: 'status', recipients: [last] })),
  );
  const post = await sent({ userId, to: 'status', recipients });
  let writes = 0;
  let confirmed: Promise<void> | undefined;
  beforeWrite = async (stream) => {
    if (stream !== `receipts-${post.id}` || (writes += 1) !== 2) return;
    await Promise.all(others.map((other) => confirm(other, 'delivered', last)));
    confirmed = confirm(post, 'delivered', last);
    await confirm(others[0]!, 'read', last);
  };
  await Promise.all(first.map((jid) => confirm(post, 'delivered', jid)));
  await confirmed;
  const before = await recorded(post);
  expect(before.flat()).toHaveLength(count);
  await Promise.all(first.map((jid) => confirm(post, 'delivered', jid)));
  expect(await recorded(post)).toEqual(before);
}, 60_000);

it('from another chat than that of the message count for nothing', async () => {
  const userId = await messaging.newSender(10);
  const [group, other] = ['120363012345678901@g.us', '120363012345678902@g.us'];
  const [member = '', stranger = ''] = recipients;
  const toGroup = await sent({ userId, to: group });
  for (const chat of [other, member, 'status@broadcast']) await confirm(toGroup, 'read', stranger, chat);
  expect(await recorded(toGroup)).toEqual([]);
  await confirm(toGroup, 'delivered', member, group);
  expect((await recorded(toGroup)).flat()).toMatchObject([{ jid: member, status: 'delivered' }]);
  const toPerson = await sent({ userId, to: member });
  await confirm(toPerson, 'read', stranger, group);
  await confirm(toPerson, 'read', stranger, member);
  expect(await recorded(toPerson)).toEqual([]);
});

const confirmedBy = async (message: Post, person: string): Promise<boolean> => {
  const receipt = { whatsappIds: [message.whatsappId], status: 'delivered', at: sentAt, chat: person } as const;
  await messaging.hear(message.sessionId, { kind: 'receipt', receipt: { ...receipt, participant: null } });
  return (await messaging.record(message.id)).some(({ type }) => type === 'MessageDelivered');
};

it('from the chat of a person count where the message went to that person, by whichever address', async () => {
  const userId = await messaging.newSender(10);
  const [number, otherNumber, unknown] = ['491700000001', '491700000002', '491700000003'].map(
    (digits) => `${digits}@s.whatsapp.net`,
  ) as [string, string, string];
  const [lid, otherLid, unknownLid] = ['990000000000001@lid', '990000000000002@lid', '990000000000003@lid'];
  const [byNumber, byLid, toUnknown, sameNumber] = [
    await sent({ userId, to: '+491700000001' }),
    await sent({ userId, to: otherLid }),
    await sent({ userId, to: '+491700000003' }),
    await sent({ userId, to: '+491700000001' }),
  ];
  for (const stranger of [otherLid, otherNumber, unknown, unknownLid]) {
    expect([stranger, await confirmedBy(byNumber, stranger)]).toEqual([stranger, false]);
  }
  for (const stranger of [lid, number, unknownLid]) {
    expect([stranger, await confirmedBy(byLid, stranger)]).toEqual([stranger, false]);
  }
  expect(await confirmedBy(byNumber, lid)).toBe(true);
  expect(await confirmedBy(sameNumber, number)).toBe(true);
  expect(await confirmedBy(byLid, otherNumber)).toBe(true);
  expect(await confirmedBy(toUnknown, unknownLid)).toBe(true); // WhatsApp does not tell whose it is
});

it('from the chat of a person count for a status post that went to them, and for no message to a group', async () => {
  const userId = await messaging.newSender(10);
  const [recipient = '', stranger = ''] = recipients;
  const post = await sent({ userId, to: 'status', recipients: [recipient, '+491700000001'] });
  const toGroup = await sent({ userId, to: '120363012345678901@g.us' });
  expect([await confirmedBy(post, stranger), await confirmedBy(toGroup, recipient)]).toEqual([false, false]);
  expect(await confirmedBy(post, '990000000000001@lid')).toBe(true);
});

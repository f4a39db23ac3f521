import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { GetMessage } from '../../src/messaging/message-view.contract.js';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { ReceiptEvent } from '../../src/messaging/receipts/receipts.contract.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';

const count = 1_000;
const recipients = Array.from({ length: count }, (_each, n) => `${338412907716000 + n}@lid`);
const sentAt = '2026-11-23T10:00:00.000Z';

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
    messenger: { send: async () => ({ sentAt }) },
  });

beforeEach(async () => {
  messaging = await start();
});

afterEach(() => messaging.stop());

/** A status post for all of them that was sent; answers its ids. */
const posted = async () => {
  const userId = await messaging.newSender(10);
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const data = { messageId: newId(), userId, to: 'status', recipients, content };
  const { message } = await messaging.dispatch<SendMessage>({ type: 'SendMessage', data });
  const ask: GetMessage = { type: 'GetMessage', data: { messageId: message.id, userId } };
  await eventually(async () => (await messaging.ask(ask)).status === 'sent');
  return message;
};

type Post = Awaited<ReturnType<typeof posted>>;

const confirm = ({ sessionId, whatsappId }: Post, status: 'delivered' | 'read', participant: string) => {
  const receipt = { whatsappIds: [whatsappId], status, at: sentAt, chat: 'status@broadcast', participant };
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

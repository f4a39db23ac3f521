import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import { QueryFailed, type MessageKey, type Report } from '#lib/whatsapp';
import type { TellChatMarks } from '../../src/messaging/chats/chat.commands.js';
import type { ChangeChat, ListChats } from '../../src/messaging/chats/chat.contract.js';
import type { ReportMarks } from '../../src/messaging/message.commands.js';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { MarkMessage } from '../../src/messaging/message-requests.contract.js';
import type { ListMessages } from '../../src/messaging/message-view.contract.js';
import { eventually } from '../support/eventually.js';
import { startMessaging } from '../support/messaging-app.js';
import { writtenReport } from '../support/written-report.js';

const former = '+491701234567';
const present = '+491707777777';

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let account: string | undefined;
/** The chats of which WhatsApp takes nothing. */
let refused: readonly string[] = [];
let told: string[] = [];

const tell = (chats: readonly string[]): Promise<void> => {
  told.push(...chats);
  return chats.some((chat) => refused.includes(chat))
    ? Promise.reject(new QueryFailed(403, 'Not these'))
    : Promise.resolve();
};

beforeAll(async () => {
  messaging = await startMessaging({
    messenger: {
      markRead: (_sessionId: string, keys: readonly MessageKey[]) => tell(keys.map(({ chat }) => chat)),
      accounts: { markChat: (_sessionId: string, _mark: unknown, { chat }: { chat: string }) => tell([chat]) } as never,
    },
    connections: {
      isOpen: () => account !== undefined,
      account: () => account,
      onOpen: () => undefined,
      hasten: () => undefined,
    },
  });
});

afterAll(() => messaging.stop());

let userId: string;
let sessionId: string;

beforeEach(async () => {
  userId = await messaging.newSender(10);
  const content = { type: 'text', body: 'Hello', mentions: [] } as const;
  const hello = { messageId: newId(), userId, to: '+49 170 1111111', content };
  ({ sessionId } = (await messaging.dispatch<SendMessage>({ type: 'SendMessage', data: hello })).message);
  [account, refused, told] = [undefined, [], []];
});

const jidOf = (digits: string): string => `${digits}@s.whatsapp.net`;

/** Somebody writes to the account of the session. */
const written = async (digits: string, to: string): Promise<string> => {
  const report = writtenReport({ jid: jidOf(digits), phoneNumber: `+${digits}`, lid: null }, `from ${digits}`);
  if (report.kind !== 'message') throw new Error('not a message');
  const message: Report = { ...report, message: { ...report.message, account: to } };
  await messaging.hear(sessionId, message);
  return eventually(async () => {
    const data = { userId, sessionId, chat: jidOf(digits), limit: 10 };
    return (await messaging.ask<ListMessages>({ type: 'ListMessages', data })).data[0]?.id ?? false;
  });
};

const read = (messageId: string) =>
  messaging.dispatch<MarkMessage>({ type: 'MarkMessage', data: { messageId, userId, as: 'read' } });

const archive = async (digits: string): Promise<string> => {
  const chat = await eventually(async () => {
    const { data } = await messaging.ask<ListChats>({ type: 'ListChats', data: { userId, limit: 10 } });
    return data.find((each) => each.chat === jidOf(digits)) ?? false;
  });
  await messaging.dispatch<ChangeChat>({ type: 'ChangeChat', data: { chatId: chat.id, userId, action: 'archive' } });
  return chat.id;
};

const typesOf = async (stream: string): Promise<readonly string[]> =>
  (await messaging.events(stream)).map(({ type }) => type);

const [one, two, three] = ['491700000001', '491700000002', '491700000003'] as const;

it('what WhatsApp refuses of one chat does not keep the read messages of others from it, and those of a former account are left alone', async () => {
  const ofFormer = await written(one, former);
  const [first, second] = [await written(two, present), await written(three, present)];
  for (const id of [ofFormer, first, second]) await read(id);
  [account, refused] = [present, [jidOf(two)]];
  await messaging.dispatch<ReportMarks>({ type: 'ReportMarks', data: { sessionId } });
  expect(await typesOf(`message-${second}`)).toContain('MarkReported');
  for (const id of [ofFormer, first]) expect(await typesOf(`message-${id}`)).not.toContain('MarkReported');
  expect(new Set(told)).toEqual(new Set([jidOf(two), jidOf(three)]));
});

it('nor does it keep archived chats from it', async () => {
  await written(one, former);
  for (const digits of [two, three]) await written(digits, present);
  const ofFormer = await archive(one);
  const chats = new Map<string, string>();
  for (const digits of [two, three]) chats.set(await archive(digits), jidOf(digits));
  const [first, second] = [...chats.keys()].toSorted().toReversed() as [string, string]; // as they are told
  [account, refused] = [present, [chats.get(first)!]];
  await messaging.dispatch<TellChatMarks>({ type: 'TellChatMarks', data: { sessionId } });
  expect(await typesOf(`chat-${second}`)).toContain('ChatMarkTold');
  for (const id of [ofFormer, first]) expect(await typesOf(`chat-${id}`)).not.toContain('ChatMarkTold');
  expect(new Set(told)).toEqual(new Set(chats.values()));
});

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newId } from '#lib/ids';
import type { SendMessage } from '../../src/messaging/message.contract.js';
import type { GetMessage } from '../../src/messaging/message-view.contract.js';
import { eventually } from '../support/eventually.js';
import { holdViews, type HeldViews } from '../support/held-views.js';
import { startMessaging } from '../support/messaging-app.js';

const account = '+491701234567';

let messaging: Awaited<ReturnType<typeof startMessaging>>;
let views: HeldViews;
/** Opens the connection of every session. */
let connect: () => void;
/** How many messages were put into the outbox. */
let outboxed: number;
let sent: string[];

beforeEach(async () => {
  [outboxed, sent] = [0, []];
  let isOpen = false;
  const listeners: ((sessionId: string) => void)[] = [];
  const sessions = new Set<string>();
  connect = () => {
    isOpen = true;
    for (const listener of listeners) for (const sessionId of sessions) listener(sessionId);
  };
  messaging = await startMessaging({
    modelsOf: (models) => (views = holdViews(models)).models,
    connections: {
      isOpen: () => isOpen,
      account: () => (isOpen ? account : undefined),
      onOpen: (listener) => void listeners.push(listener),
      hasten: (sessionId) => {
        sessions.add(sessionId);
        outboxed += 1;
      },
    },
    messenger: {
      checkNumbers: async (_sessionId, numbers) =>
        numbers.map((phoneNumber) => ({
          phoneNumber,
          exists: true,
          jid: `${phoneNumber.slice(1)}@s.whatsapp.net`,
          lid: null,
        })),
      send: async (_sessionId, { content }) => {
        if (content.type === 'text') sent.push(content.body);
        return { sentAt: new Date().toISOString() };
      },
    },
  });
});

afterEach(async () => {
  views.release();
  await messaging.stop();
});

it('a message whose key was revoked while it waited is not attempted, also before the revocation has found it', async () => {
  const userId = await messaging.newSender(10);
  const keyId = newId();
  const send = (body: string, key?: string) => {
    const content = { type: 'text', body, mentions: [] } as const;
    const data = { messageId: newId(), userId, to: '+49 170 7654321', content };
    return messaging.dispatch<SendMessage>({ type: 'SendMessage', data }, key);
  };
  const { message } = await send('of the revoked key', keyId);
  await send('of nobody in particular');
  await eventually(() => outboxed === 2);

  await messaging.revokeKey(userId, keyId); // what it left is looked for in the view, which is behind
  connect();
  await eventually(() => sent.length > 0);
  const query: GetMessage = { type: 'GetMessage', data: { messageId: message.id, userId } };
  await eventually(async () => (await messaging.ask<GetMessage>(query)).status === 'canceled');
  expect(sent).toEqual(['of nobody in particular']);
});

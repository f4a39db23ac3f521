import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { StoredEvent } from '#lib/event-store';
import { openSqliteEventStore } from '#lib/event-store/sqlite';
import { newId } from '#lib/ids';
import { messageIdFor } from '#lib/whatsapp';
import { eventually } from '../support/eventually.js';
import { MessagesClient } from '../support/messages-client.js';
import { Waybill } from '../support/waybill.js';
import type { MessageEventData } from '../../src/messaging/message.contract.js';

const messages = 500;

let waybill: Waybill;
beforeAll(async () => void (waybill = await Waybill.start()));
afterAll(() => waybill.end());

const openLog = () => openSqliteEventStore({ file: join(waybill.dataDirectory, 'events.db') });

/** Lets so many messages of a session be queued, while the service is stopped. Answers the position of the last one. */
const queueInLog = async ({ session }: MessagesClient): Promise<number> => {
  const at = new Date().toISOString();
  const actor = { kind: 'user', id: session.user.id } as const;
  const metadata = { correlationId: newId(), causationId: newId(), actor, schemaVersion: 1 };
  const queued = Array.from({ length: messages }, (_, index) => {
    const [messageId, number] = [newId(), `49170${1_000_000 + index}`];
    const data: MessageEventData<'MessageQueued'> = {
      messageId,
      userId: session.user.id,
      sessionId: session.id,
      chatId: newId(),
      account: `+${session.phone.number}`,
      chat: `${number}@s.whatsapp.net`,
      to: `+${number}`,
      whatsappId: messageIdFor(messageId),
      content: { type: 'text', body: `message ${index}`, mentions: [] },
      replyTo: null,
      forwarded: false,
      reference: null,
      keyId: null,
      acceptedAt: at,
      queuedAt: at,
    };
    const event = { id: newId(), type: 'MessageQueued', data, metadata };
    return { stream: `message-${messageId}`, expected: 'no_stream' as const, events: [event] };
  });
  const store = await openLog();
  await store.appendMany(queued);
  const head = await store.head();
  await store.close();
  return head;
};

const eventsAfter = async (position: number): Promise<readonly StoredEvent[]> => {
  const store = await openLog();
  const events: StoredEvent[] = [];
  for await (const event of store.readAll({ from: position + 1 })) events.push(event);
  await store.close();
  return events;
};

it('a start records nothing for messages that wait for a stopped session', async () => {
  const client = await MessagesClient.link(waybill);
  const friend = await waybill.sandbox.newPhone();
  await client.call(`POST /v1/sessions/${client.session.id}/stop`);
  await waybill.shutDown();
  const head = await queueInLog(client);

  for (let start = 0; start < 2; start += 1) {
    await waybill.boot();
    // What is recorded of a new message would be recorded of the others at the same time.
    const id = await client.send(friend, `new after start ${start}`);
    await eventually(async () => (await client.get(id)).timeline.some(({ event }) => event === 'held'));
    await waybill.shutDown();
  }
  const types = (await eventsAfter(head)).map(({ type }) => type);
  expect(types.toSorted()).toEqual(['MessageHeld', 'MessageHeld', 'MessageQueued', 'MessageQueued']);
});

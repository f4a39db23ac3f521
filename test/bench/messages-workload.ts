import type { Recorded } from '#lib/event-sourcing';
import { newId } from '#lib/ids';
import { project } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import { messagesProjection } from '../../src/messaging/messages.projection.js';

export const at = '2026-11-01T00:00:00.000Z';
export const userId = newId();
export const sessionIds: readonly string[] = Array.from({ length: 20 }, () => newId());

const users = 50;
const chats = 2000;

const idOf = (kind: string, number: number): string => `01900000-${kind}-7abc-8def-${String(number).padStart(12, '0')}`;
const timeOf = (second: number): string => new Date(1.8e12 + second * 1000).toISOString();
const whatsappAt = null;

const owner = (message: number) => ({
  messageId: idOf('0001', message),
  userId: idOf('0002', (message * 7919) % users),
  sessionId: sessionIds[message % sessionIds.length],
  chatId: idOf('0003', (message * 104_729) % chats),
});

const accepted = (message: number) => ({
  ...owner(message),
  account: '+491709876543',
  chat: `49170${(message * 104_729) % chats}@s.whatsapp.net`,
  to: `+49170${(message * 104_729) % chats}`,
  whatsappId: `3EB0${String(message).padStart(16, '0')}`,
  content: {
    type: 'text',
    body: `Your parcel ${message} has left our house in ${message % 97} Street and will be with you soon. Thank you!`,
    mentions: [],
  },
  replyTo: null,
  reference: `order-${message}`,
  keyId: null,
  acceptedAt: timeOf(message),
});

/** What becomes of a message that is sent, and how many messages are accepted before that. */
const steps = [
  { after: 0, type: 'MessageQueued', data: (message: number) => ({ ...accepted(message), queuedAt: timeOf(message) }) },
  {
    after: 1,
    type: 'MessageAttempted',
    data: (message: number) => ({ ...owner(message), attemptedAt: timeOf(message + 1) }),
  },
  {
    after: 3,
    type: 'MessageSent',
    data: (message: number) => ({ ...owner(message), type: 'text', sentAt: timeOf(message + 3), whatsappAt }),
  },
  {
    after: 20,
    type: 'MessageDelivered',
    data: (message: number) => ({ ...owner(message), type: 'text', deliveredAt: timeOf(message + 20), whatsappAt }),
  },
  {
    after: 700,
    type: 'MessageRead',
    data: (message: number) => ({ ...owner(message), type: 'text', readAt: timeOf(message + 700), whatsappAt }),
  },
] as const;

/** The events of as many messages as are asked for, side by side. */
export function* messageEvents(): Generator<{ stream: string; revision: number; type: string; data: object }> {
  for (let newest = 0; ; newest += 1) {
    for (const [revision, { after, type, data }] of steps.entries()) {
      const message = newest - after;
      if (message >= 0) yield { stream: `message-${owner(message).messageId}`, revision, type, data: data(message) };
    }
  }
}

/** Every document of these messages as it is after each of their events. */
export function* messageDocuments(events: number): Generator<{ readonly id: string; readonly doc: Fields }> {
  const documents = new Map<string, Fields>();
  let position = 0;
  for (const { type, data, revision } of messageEvents()) {
    if ((position += 1) > events) return;
    for (const write of project(messagesProjection, { type, data, revision, position } as unknown as Recorded)) {
      if (!('id' in write)) continue;
      const doc = applyWrite(documents.get(write.id), write);
      if (!doc) continue;
      documents.set(write.id, doc);
      if (type === steps.at(-1)?.type) documents.delete(write.id);
      yield { id: write.id, doc };
    }
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore, NewEvent } from '#lib/event-store';
import { newId } from '#lib/ids';

/** An event and its stream. */
export type PlacedEvent = { readonly stream: string; readonly revision: number; readonly event: NewEvent };

const types = ['MessageQueued', 'MessageSent', 'MessageDelivered', 'MessageRead'];

const makeEvent = (messageId: string, type: string): NewEvent => ({
  id: newId(),
  type,
  data: { messageId, sessionId: messageId, to: '+491701234567', text: { body: 'Your parcel is on its way to you.' } },
  metadata: {
    correlationId: messageId,
    causationId: messageId,
    actor: { kind: 'user', id: messageId },
    schemaVersion: 1,
  },
});

/** The events of messages: a stream for each, with four events. */
export const benchEvents = (count: number): readonly PlacedEvent[] => {
  let messageId = '';
  return Array.from({ length: count }, (_, index) => {
    const revision = index % types.length;
    if (revision === 0) messageId = newId();
    return { stream: `message-${messageId}`, revision, event: makeEvent(messageId, types[revision] as string) };
  });
};

/** The same number of events for each writer, in streams of its own. */
export const forWriters = (writers: number, each: number): readonly (readonly PlacedEvent[])[] =>
  Array.from({ length: writers }, () => benchEvents(each));

/** Each writer appends its events one after the other, and waits for each to be durable. Returns the number of events. */
export const appendFrom = async (store: EventStore, writers: readonly (readonly PlacedEvent[])[]): Promise<number> => {
  await Promise.all(
    writers.map(async (events) => {
      for (const { stream, revision, event } of events) {
        await store.append({ stream, expected: revision === 0 ? 'no_stream' : revision - 1, events: [event] });
      }
    }),
  );
  return writers.reduce((sum, events) => sum + events.length, 0);
};

/** A directory that is removed when the process ends. */
export const benchDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

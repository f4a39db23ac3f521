import { describe, expect, it } from '@jest/globals';
import { project, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import type { MessageEvent } from '../messaging/message.contract.js';
import type { UsageDocument, UsageGrouping } from './usage.contract.js';
import { usageProjection } from './usage.projection.js';
import { usageTable } from './usage.rules.js';

const owner = {
  messageId: '0199aaaa-0000-7000-8000-000000000001',
  userId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: '0199aaaa-0000-7000-8000-000000000003',
  chatId: '0199aaaa-0000-8000-8000-000000000004',
};
const at = '2026-01-02T03:04:05.600Z';
const later = '2026-01-02T04:04:09.000Z';
const accepted = { content: { type: 'text' }, acceptedAt: at };
const data: { readonly [type: string]: object } = {
  MessageScheduled: accepted,
  MessageQueued: { ...accepted, queuedAt: at },
  MessageSent: { type: 'text', sentAt: later },
  MessageDelivered: { type: 'text', deliveredAt: later },
  MessageRead: { type: 'text', readAt: later },
  MessageFailed: { type: 'text', failedAt: later },
  MessageReceived: { fromMe: false, history: false, content: { type: 'text' }, receivedAt: at },
  MessageFileFetched: { type: 'image', file: { size: 1200 }, fetchedAt: later },
};
/** An event with no more than what is counted. */
const messageEvent = (type: MessageEvent['type'], fields: object = {}): MessageEvent =>
  ({ type, data: { ...owner, ...data[type], ...fields } }) as unknown as MessageEvent;

const period = { from: '2026-01-02T00:00:00.000Z', to: '2026-01-04T00:00:00.000Z' };

const documentsAfter = (events: readonly MessageEvent[]): readonly UsageDocument[] => {
  const documents = new Map<string, Fields | undefined>();
  for (const [position, event] of events.entries()) {
    for (const write of project(usageProjection, { ...event, position } as Recorded)) {
      if ('id' in write) documents.set(write.id, applyWrite(documents.get(write.id), write));
    }
  }
  return [...documents.values()] as unknown as readonly UsageDocument[];
};

const used = (groupBy: UsageGrouping, ...events: readonly MessageEvent[]) => {
  const table = usageTable(groupBy, period, 'UTC');
  for (const document of documentsAfter(events)) table.add(document);
  return { rows: table.rows(), total: table.total() };
};

const image = { content: { type: 'image', size: 1200 } };

describe('usage', () => {
  it('counts each thing on the day on which it happened', () => {
    const { rows, total } = used(
      'day',
      messageEvent('MessageQueued'),
      messageEvent('MessageSent'),
      messageEvent('MessageDelivered'),
      messageEvent('MessageRead', { readAt: '2026-01-03T00:00:00.000Z' }),
    );
    expect(rows).toEqual([
      expect.objectContaining({ group: '2026-01-02', accepted: 1, sent: 1, delivered: 1, read: 0 }),
      expect.objectContaining({ group: '2026-01-03', accepted: 0, sent: 0, delivered: 0, read: 1 }),
    ]);
    expect(total).toMatchObject({ accepted: 1, read: 1 });
  });

  it('counts a scheduled message once, when it was accepted', () => {
    const queued = messageEvent('MessageQueued', { queuedAt: '2026-02-01T00:00:00.000Z' });
    expect(used('day', messageEvent('MessageScheduled'), queued).total.accepted).toBe(1);
  });

  it('counts what others wrote, and neither what the owner of the account did nor what is older', () => {
    const own = messageEvent('MessageReceived', { fromMe: true });
    const older = messageEvent('MessageReceived', { history: true });
    expect(used('day', messageEvent('MessageReceived'), own, older).total.received).toBe(1);
  });

  it('tells kinds of content, sessions and the codes of failures apart', () => {
    const other = { sessionId: '0199aaaa-0000-7000-8000-00000000000f' };
    const events = [
      messageEvent('MessageQueued'),
      messageEvent('MessageQueued', { ...image, ...other }),
      messageEvent('MessageFailed', { code: 'not_on_whatsapp' }),
      messageEvent('MessageFailed', { code: 'whatsapp_463', ...other, type: 'image' }),
      messageEvent('MessageFileFetched'),
    ];
    expect(used('kind', ...events).rows).toEqual([
      expect.objectContaining({
        group: 'image',
        accepted: 1,
        failed: 1,
        mediaBytesSent: 1200,
        mediaBytesReceived: 1200,
      }),
      expect.objectContaining({ group: 'text', accepted: 1, failed: 1, mediaBytesSent: 0 }),
    ]);
    expect(used('session', ...events).rows.map(({ group }) => group)).toEqual([owner.sessionId, other.sessionId]);
    expect(used('user', ...events).rows.map(({ group, accepted }) => [group, accepted])).toEqual([[owner.userId, 2]]);
    expect(used('code', ...events).rows.map(({ group, failed }) => [group, failed])).toEqual([
      ['not_on_whatsapp', 1],
      ['whatsapp_463', 1],
    ]);
  });
});

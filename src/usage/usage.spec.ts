import { describe, expect, it } from '@jest/globals';
import { project, type Event, type Projection, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import type { MessageEvent } from '../messaging/message.contract.js';
import type { ConnectionDocument, UsageDocument, UsageGrouping } from './usage.contract.js';
import { connectionsProjection } from './connections.projection.js';
import { requestSums, requestsBy, withRequests } from './requests.rules.js';
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

const documentsAfter = (projection: Projection, events: readonly Event[]): readonly unknown[] => {
  const documents = new Map<string, Fields | undefined>();
  for (const [position, event] of events.entries()) {
    for (const write of project(projection, { ...event, position } as Recorded)) {
      if ('id' in write) documents.set(write.id, applyWrite(documents.get(write.id), write));
    }
  }
  return [...documents.values()].filter((document) => document !== undefined);
};

const used = (groupBy: UsageGrouping, ...events: readonly Event[]) => {
  const table = usageTable(groupBy, period, 'UTC');
  for (const document of documentsAfter(usageProjection, events)) table.add(document as UsageDocument);
  return { rows: table.rows(), total: table.total() };
};

const image = { content: { type: 'image', mediaId: 'file', size: 1200 } };

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

const { userId, sessionId } = owner;

describe('the usage of webhooks', () => {
  it('is that of their user, by when each attempt was', () => {
    const attempt = (at: string, outcome: string) => ({ at, outcome });
    const attempts = [
      attempt('2026-01-02T23:59:59.000Z', 'succeeded'),
      attempt('2026-01-02T23:59:59.000Z', 'retried'),
      attempt('2026-01-03T00:00:00.000Z', 'parked'),
    ];
    const event = { type: 'DeliveriesAttempted', data: { userId, webhookId: userId, attempts } };
    const { rows, total } = used('day', event, event);
    expect(rows).toEqual([
      expect.objectContaining({ webhookAttempts: 4, webhooksDelivered: 2, webhooksParked: 0 }),
      expect.objectContaining({ webhookAttempts: 2, webhooksDelivered: 0, webhooksParked: 2 }),
    ]);
    expect(total).toMatchObject({ webhookAttempts: 6, webhooksDelivered: 2, webhooksParked: 2 });
    expect(used('session', event).rows).toEqual([]);
    expect(used('user', event).rows).toEqual([expect.objectContaining({ group: userId, webhookAttempts: 3 })]);
  });

  it('has no attempts for which no request was made', () => {
    const attempts = [{ at: '2026-01-02T23:59:59.000Z', outcome: 'parked', unmade: true }];
    const event = { type: 'DeliveriesAttempted', data: { userId, webhookId: userId, attempts } };
    expect(used('day', event).total).toMatchObject({ webhookAttempts: 0, webhooksParked: 0 });
  });
});

describe('connected minutes', () => {
  const of = { sessionId, userId };
  const begun = (connectedAt: string) => ({ type: 'SessionConnected', data: { ...of, connectedAt } });
  const lost = (connectedSince: string | undefined, disconnectedAt: string) => ({
    type: 'SessionDisconnected',
    data: { ...of, ...(connectedSince !== undefined && { connectedSince }), disconnectedAt },
  });
  const minutes = (groupBy: UsageGrouping, now: string, ...events: readonly Event[]) => {
    const table = usageTable(groupBy, period, 'UTC');
    for (const document of documentsAfter(connectionsProjection, events))
      table.addConnection(document as ConnectionDocument, now);
    return [table.total().connectedMinutes, ...table.rows().map((row) => row.connectedMinutes)];
  };
  const late = '2026-02-01T00:00:00.000Z';

  it('are spread over the days on which a connection stood, within the period', () => {
    const [since, until] = ['2026-01-02T23:00:30.000Z', '2026-01-03T01:30:30.000Z'];
    expect(minutes('day', late, begun(since), lost(since, until))).toEqual([150, 60, 91]);
    const [before, after] = ['2025-12-01T00:00:00.000Z', '2026-01-31T00:00:00.000Z'];
    expect(minutes('day', late, begun(before), lost(before, after))).toEqual([2880, 1440, 1440]);
    expect(minutes('session', late, begun(since), lost(since, until))).toEqual([150, 150]);
    expect(minutes('kind', late, begun(since), lost(since, until))).toEqual([150]);
    expect(minutes('hour', late, begun(since), lost(since, until)).filter((one) => one > 0)).toEqual([150, 60, 60, 31]);
  });

  it('go on while a connection stands, up to now', () => {
    const since = '2026-01-03T10:00:00.000Z';
    expect(minutes('day', '2026-01-03T10:45:00.000Z', begun(since))).toEqual([45, 0, 45]);
    expect(minutes('day', '2026-01-03T09:00:00.000Z', begun(since))).toEqual([0, 0, 0]);
  });

  it('add up over connections, and end with one of which nobody knows since when it stood', () => {
    const first = ['2026-01-02T10:00:00.000Z', '2026-01-02T10:10:00.000Z'] as const;
    const second = ['2026-01-02T11:00:00.000Z', '2026-01-02T11:20:00.000Z'] as const;
    const both = [begun(first[0]), lost(...first), begun(second[0]), lost(...second)];
    expect(minutes('day', late, ...both)).toEqual([30, 30, 0]);
    expect(minutes('day', late, begun(first[0]), lost(undefined, first[1]))).toEqual([0, 0, 0]);
  });
});

describe('requests', () => {
  const usage = () => ({ ...period, ...used('user', messageEvent('MessageQueued')) });
  const other = '0199aaaa-0000-7000-8000-000000000000';

  it('are those of users, also of one who used nothing else', () => {
    const sums = requestSums('user', 'UTC');
    sums.add({ of: owner.userId, requests: 4 });
    sums.add({ of: other, requests: 2 });
    const { rows, total } = withRequests(usage(), 'user', sums);
    expect(rows.map(({ group, requests, accepted }) => [group, requests, accepted])).toEqual([
      [other, 2, 0],
      [owner.userId, 4, 1],
    ]);
    expect(total).toMatchObject({ requests: 6, accepted: 1 });
  });

  it('are added up for the days or hours in which their quarters are', () => {
    const sums = requestSums('day', 'Asia/Tokyo');
    sums.add({ of: '2026-11-28T14:45:00.000Z', requests: 3 });
    sums.add({ of: '2026-11-28T15:00:00.000Z', requests: 4 });
    sums.add({ of: '2026-11-28T15:15:00.000Z', requests: 5 });
    expect([...sums.byGroup]).toEqual([
      ['2026-11-28', 3],
      ['2026-11-29', 9],
    ]);
    expect([requestsBy('day'), requestsBy('hour'), requestsBy('user')]).toEqual(['quarter', 'quarter', 'user']);
  });

  it('are null while they cannot be counted', () => {
    const { rows, total } = withRequests(usage(), 'user', undefined);
    expect([rows[0]?.requests, total.requests, total.accepted]).toEqual([null, null, 1]);
  });
});

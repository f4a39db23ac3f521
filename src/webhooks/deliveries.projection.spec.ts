import { describe, expect, it } from '@jest/globals';
import { project, type Event, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import { deliveriesProjection } from './deliveries.projection.js';

const at = '2026-11-29T10:00:00.000Z';
const webhook = { webhookId: 'webhook', userId: 'ana' };

const scheduled = (...ids: readonly string[]): Event => ({
  type: 'DeliveriesScheduled',
  data: {
    ...webhook,
    first: 0,
    missed: false,
    deliveries: ids.map((deliveryId) => ({ deliveryId })),
    scheduledAt: at,
  },
});
const removed: Event = { type: 'WebhookRemoved', data: { ...webhook, removedAt: at } };
const closed: Event = { type: 'DeliveriesClosed', data: { ...webhook, closedAt: at } };

const shownAfter = (...events: readonly Event[]): readonly Fields[] => {
  const shown = new Map<string, Fields>();
  for (const write of events.flatMap((event) => project(deliveriesProjection, event as Recorded))) {
    const ids = write.op === 'removeAll' ? [...shown.keys()] : [write.id];
    for (const id of ids) {
      const after = applyWrite(shown.get(id), write);
      if (after) shown.set(id, after);
      else shown.delete(id);
    }
  }
  return [...shown.values()];
};

const parked = (...deliveryIds: readonly string[]): Event => ({
  type: 'DeliveriesParked',
  data: { ...webhook, deliveryIds, parkedAt: at },
});

describe('the view of deliveries', () => {
  it('shows those as parked that were pending when their webhook was disabled', () => {
    const shown = shownAfter(scheduled('first', 'second'), parked('first'));
    expect(shown.map(({ status, dueAt }) => [status, dueAt])).toEqual([
      ['parked', null],
      ['pending', at],
    ]);
  });

  it('shows none of a webhook that was removed, also none that was scheduled as it was removed', () => {
    expect(shownAfter(scheduled('first'), scheduled('second')).map(({ id }) => id)).toEqual(['first', 'second']);
    expect(shownAfter(scheduled('first'), removed, scheduled('second'), closed)).toEqual([]);
  });
});

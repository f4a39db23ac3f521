import { describe, expect, it } from '@jest/globals';
import { fold } from '#lib/event-sourcing';
import { given } from '#lib/event-sourcing/testing';
import type { DeliveryCommand } from './delivery.commands.js';
import type { Attempt, DeliveryEvent, ScheduledDelivery } from './delivery.contract.js';
import { deliveryDecider } from './delivery.decider.js';

const at = '2026-11-29T10:00:00.000Z';
const webhook = { webhookId: '0199a3c4-1f00-7000-8000-000000000061', userId: '0199a3c4-1f00-7000-8000-000000000001' };
const delivery = (n: number): ScheduledDelivery => ({
  deliveryId: `0199a3c4-1f00-8000-8000-00000000000${n}`,
  eventId: `evt_${n}`,
  event: 'message.sent',
  stream: 'message-1',
  revision: n,
  sessionId: null,
  chatId: null,
  mediaId: null,
  happenedAt: at,
});
const schedule = (...numbers: readonly number[]): DeliveryCommand => ({
  type: 'ScheduleDeliveries',
  data: { ...webhook, missed: false, deliveries: numbers.map(delivery), at },
});
const scheduled = (first: number, ...numbers: readonly number[]): DeliveryEvent => ({
  type: 'DeliveriesScheduled',
  data: { ...webhook, first, missed: false, deliveries: numbers.map(delivery), scheduledAt: at },
});
const attempt = (outcome: Attempt['outcome'], time = at): Attempt => ({
  deliveryId: delivery(1).deliveryId,
  number: 1,
  at: time,
  ms: 5,
  status: null,
  answer: null,
  problem: null,
  outcome,
  dueAt: null,
});
const attempted = (outcome: Attempt['outcome'], time = at): DeliveryEvent => ({
  type: 'DeliveriesAttempted',
  data: { ...webhook, attempts: [attempt(outcome, time)], recordedAt: time },
});
const deliveries = given(deliveryDecider);

describe('the deliveries of a webhook', () => {
  it('are numbered in the order in which they are scheduled', () => {
    deliveries([])
      .when(schedule(1, 2))
      .then([scheduled(0, 1, 2)]);
    deliveries([scheduled(0, 1, 2)])
      .when(schedule(3))
      .then([scheduled(2, 3)]);
  });

  it('are scheduled once, also where a page of the log comes again with more behind it', () => {
    deliveries([scheduled(0, 1, 2)])
      .when(schedule(1, 2))
      .then([]);
    deliveries([scheduled(0, 1, 2)])
      .when(schedule(1, 2, 3))
      .then([scheduled(2, 3)]);
    deliveries([scheduled(0, 1, 2), scheduled(2, 3), attempted('succeeded')])
      .when(schedule(2, 3))
      .then([]);
  });

  it('are scheduled no more once the webhook was removed', () => {
    const close: DeliveryCommand = { type: 'CloseDeliveries', data: { ...webhook, at } };
    const closed: DeliveryEvent = { type: 'DeliveriesClosed', data: { ...webhook, closedAt: at } };
    const requeue: DeliveryCommand = {
      type: 'RequeueDeliveries',
      data: { ...webhook, deliveries: [{ deliveryId: delivery(1).deliveryId, attempts: 1 }], seen: 0, at },
    };
    deliveries([]).when(close).then([closed]);
    deliveries([scheduled(0, 1)])
      .when(close)
      .then([closed]);
    deliveries([closed]).when(close).then([]);
    deliveries([closed]).when(schedule(1)).then([]);
    deliveries([scheduled(0, 1), closed])
      .when(schedule(2))
      .then([]);
    deliveries([scheduled(0, 1), closed])
      .when(requeue)
      .refused('deliveries_changed');
  });

  it('are requeued and expired only by who has seen what was requeued and expired before', () => {
    const { deliveryId } = delivery(1);
    const requeue = (seen: number): DeliveryCommand => ({
      type: 'RequeueDeliveries',
      data: { ...webhook, deliveries: [{ deliveryId, attempts: 1 }], seen, at },
    });
    const expire = (seen: number): DeliveryCommand => ({
      type: 'ExpireDeliveries',
      data: { ...webhook, deliveryIds: [deliveryId], seen, at },
    });
    const before = [scheduled(0, 1), attempted('parked')];
    const requeued: DeliveryEvent = {
      type: 'DeliveriesRequeued',
      data: { ...webhook, deliveries: [{ deliveryId, attempts: 1 }], requeuedAt: at },
    };
    const expired: DeliveryEvent = {
      type: 'DeliveriesExpired',
      data: { ...webhook, deliveryIds: [deliveryId], expiredAt: at },
    };
    deliveries(before).when(requeue(0)).then([requeued]);
    deliveries(before).when(expire(0)).then([expired]);
    deliveries([...before, requeued])
      .when(expire(0))
      .refused('deliveries_changed');
    deliveries([...before, expired])
      .when(requeue(0))
      .refused('deliveries_changed');
    deliveries([...before, requeued, attempted('succeeded')])
      .when(expire(1))
      .then([expired]);
  });

  it('are parked only by who has seen what was attempted and requeued before', () => {
    const { deliveryId } = delivery(1);
    const park = (seen: number, attempts: number): DeliveryCommand => ({
      type: 'ParkDeliveries',
      data: { ...webhook, deliveryIds: [deliveryId], seen, attempted: attempts, at },
    });
    const parked: DeliveryEvent = {
      type: 'DeliveriesParked',
      data: { ...webhook, deliveryIds: [deliveryId], parkedAt: at },
    };
    const before = [scheduled(0, 1), attempted('retried')];
    deliveries(before).when(park(0, 1)).then([parked]);
    deliveries(before).when(park(0, 0)).refused('deliveries_changed');
    deliveries([...before, parked])
      .when(park(0, 1))
      .refused('deliveries_changed');
  });

  it('have each attempt once, however often it is recorded', () => {
    const [one, other] = [attempt('retried'), { ...attempt('retried'), deliveryId: delivery(2).deliveryId }];
    const record = (...attempts: readonly Attempt[]): DeliveryCommand => ({
      type: 'RecordAttempts',
      data: { ...webhook, attempts, at },
    });
    const recorded = (...attempts: Attempt[]): DeliveryEvent => ({
      type: 'DeliveriesAttempted',
      data: { ...webhook, attempts, recordedAt: at },
    });
    deliveries([recorded(one)])
      .when(record(one))
      .then([]);
    deliveries([recorded(one), scheduled(0, 2)])
      .when(record(one, other))
      .then([recorded(other)]);
    const next = { ...one, number: 2, at: '2026-11-29T10:00:05.000Z' };
    deliveries([recorded(one)])
      .when(record(next))
      .then([recorded(next)]);
  });

  it('have failed since the first failure after the last success', () => {
    const failingSince = (...events: readonly DeliveryEvent[]) => fold(deliveryDecider, events).failingSince;
    const [second, third] = ['2026-11-29T11:00:00.000Z', '2026-11-29T12:00:00.000Z'];
    expect(failingSince(attempted('succeeded'))).toBe(null);
    expect(failingSince(attempted('retried'), attempted('retried', second))).toBe(at);
    expect(failingSince(attempted('retried'), attempted('succeeded', second), attempted('parked', third))).toBe(third);
  });

  it('fail anew once the webhook is resumed, or leads elsewhere', () => {
    const [resumedAt, second, third] = [
      '2026-12-05T10:00:00.000Z',
      '2026-12-05T11:00:00.000Z',
      '2026-12-05T12:00:00.000Z',
    ];
    const record = (time: string): DeliveryCommand => ({
      type: 'RecordAttempts',
      data: { ...webhook, attempts: [attempt('parked', time)], triedSince: resumedAt, at: time },
    });
    const anew: DeliveryEvent = {
      type: 'DeliveriesAttempted',
      data: { ...webhook, attempts: [attempt('parked', second)], failuresFrom: resumedAt, recordedAt: second },
    };
    deliveries([attempted('parked')])
      .when(record(second))
      .then([anew]);
    expect(fold(deliveryDecider, [attempted('parked'), anew]).failingSince).toBe(second);
    deliveries([attempted('parked'), anew])
      .when(record(third))
      .then([attempted('parked', third)]);
    expect(fold(deliveryDecider, [attempted('parked'), anew, attempted('parked', third)]).failingSince).toBe(second);
  });

  it('have not failed where no request was made', () => {
    const unmade: DeliveryEvent = {
      type: 'DeliveriesAttempted',
      data: { ...webhook, attempts: [{ ...attempt('parked'), unmade: true }], recordedAt: at },
    };
    const later = '2026-11-29T11:00:00.000Z';
    expect(fold(deliveryDecider, [unmade]).failingSince).toBe(null);
    expect(fold(deliveryDecider, [unmade, attempted('retried', later)]).failingSince).toBe(later);
  });
});

import { describe, expect, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { later, messageOwner } from '../message.builders.js';
import type { RecipientReceipt } from './receipts.contract.js';
import { maxReceiptsOfMessage, receiptsDecider, type RecordReceipts } from './receipts.decider.js';
import { isNews, statusOf, timesOf } from './receipts.rules.js';

const given = givenEvents(receiptsDecider);
const [ada, bob] = ['491701234567@s.whatsapp.net', '338412907716533@lid'];
const timeAt = (minute: number): string => `2026-11-23T10:0${minute}:00.000Z`;
const receipt = (jid: string, status: RecipientReceipt['status'], minute: number): RecipientReceipt => ({
  jid,
  status,
  at: timeAt(minute),
});
const record = (receipts: readonly RecipientReceipt[]): RecordReceipts => ({
  type: 'RecordReceipts',
  data: { ...messageOwner, receipts, at: later },
});
const arrived = (receipts: readonly RecipientReceipt[]) =>
  ({ type: 'ReceiptsArrived', data: { ...messageOwner, receipts, recordedAt: later } }) as const;

describe('the receipts of a message that many get', () => {
  it('are one event where they came together', () => {
    const receipts = [receipt(ada, 'delivered', 1), receipt(bob, 'read', 1)];
    given([])
      .when(record(receipts))
      .then([arrived(receipts)]);
    given([]).when(record([])).then([]);
  });

  it('are dropped beyond more than there can be', () => {
    const most = Array.from({ length: maxReceiptsOfMessage - 1 }, () => receipt(ada, 'delivered', 1));
    const two = [receipt(ada, 'read', 2), receipt(bob, 'read', 2)];
    given([arrived(most)])
      .when(record(two))
      .then([arrived(two.slice(0, 1))]);
    given([arrived(most), arrived(two.slice(0, 1))])
      .when(record(two))
      .then([]);
  });

  it('are news where they say more than is known of that person', () => {
    const progress = new Map([[ada, 'read' as const]]);
    expect(isNews(progress, receipt(ada, 'delivered', 1))).toBe(false);
    expect(isNews(progress, receipt(ada, 'read', 2))).toBe(false);
    expect(isNews(progress, receipt(ada, 'played', 2))).toBe(true);
    expect(isNews(progress, receipt(bob, 'delivered', 2))).toBe(true);
  });

  it('tell when each of them got it: whoever has read it has got it, and the first time counts', () => {
    const times = timesOf([
      receipt(ada, 'delivered', 1),
      receipt(ada, 'delivered', 2),
      receipt(ada, 'read', 4),
      receipt(bob, 'read', 3),
      receipt(bob, 'delivered', 1),
    ]);
    expect(times.get(ada)).toEqual({ delivered: timeAt(1), read: timeAt(4), played: null });
    expect(times.get(bob)).toEqual({ delivered: timeAt(1), read: timeAt(3), played: null });
    expect([...times.values()].map(statusOf)).toEqual(['read', 'read']);
  });

  it('are those of one person, by whichever of their addresses WhatsApp named them', () => {
    const times = timesOf([receipt(bob, 'delivered', 1), receipt(ada, 'read', 2)], () => ada);
    expect([...times]).toEqual([[ada, { delivered: timeAt(1), read: timeAt(2), played: null }]]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Event, Recorded } from '#lib/event-sourcing';
import { applyEvent } from '#lib/subscriptions';
import {
  isDeletedSince,
  subscriberAt,
  subscribersOf,
  subscribersView,
  type SubscribersTables,
} from './subscribers.view.js';

const at = '2026-11-29T10:00:00.000Z';
const userId = '0199a3c4-1f00-7000-8000-000000000001';
const webhookId = '0199a3c4-1f00-7000-8000-000000000061';
const settings = {
  url: 'https://shop.example/',
  events: ['message.*'],
  sessionIds: null,
  headerNames: [],
  ordered: false,
  description: null,
};
const ofWebhook = { webhookId, userId };

/** What the view holds after these events, the first of which is at position 1. */
const after = (...events: readonly Event[]): SubscribersTables => {
  const tables = subscribersView.tables();
  for (const [index, event] of events.entries()) {
    applyEvent(subscribersView, tables, { ...event, position: index + 1 } as Recorded);
  }
  return tables;
};

const registered = { type: 'WebhookRegistered', data: { ...ofWebhook, ...settings, registeredAt: at } };
const changed = {
  type: 'WebhookChanged',
  data: { ...ofWebhook, ...settings, events: ['session.*'], changedAt: at },
};
const headersId = '0199a3c4-1f00-7000-8000-000000000071';
const headersGiven = {
  type: 'WebhookChanged',
  data: { ...ofWebhook, ...settings, headersId, changedAt: at },
};
const rotated = { type: 'WebhookSecretRotated', data: { ...ofWebhook, formerUntil: at, rotatedAt: at } };
const paused = { type: 'WebhookPaused', data: { ...ofWebhook, pausedAt: at } };
const removed = { type: 'WebhookRemoved', data: { ...ofWebhook, removedAt: at } };

describe('what webhooks want', () => {
  it('is what they wanted when an event happened', () => {
    const tables = after(registered, changed, paused);
    const wantedAt = (position: number) =>
      subscribersOf(tables, userId, position).map(({ events, status }) => [events, status]);
    expect([1, 2, 3, 4].map(wantedAt)).toEqual([
      [],
      [[['message.*'], 'active']],
      [[['session.*'], 'active']],
      [[['session.*'], 'paused']],
    ]);
    expect(subscriberAt(tables, webhookId, Infinity)).toMatchObject({ events: ['session.*'], status: 'paused' });
  });

  it('says since when their URL, secret and headers are what they are', () => {
    const keysFrom = (...events: readonly Event[]) => subscriberAt(after(...events), webhookId, Infinity)?.keysFrom;
    expect(keysFrom(registered, paused)).toBe(1);
    expect(keysFrom(registered, rotated)).toBe(2);
    expect(keysFrom(registered, headersGiven, paused)).toBe(2);
  });

  it('says which headers they have: those given last, whatever else was changed since', () => {
    const headersOf = (...events: readonly Event[]) => subscriberAt(after(...events), webhookId, Infinity)?.headersId;
    expect(headersOf(registered, changed)).toBeNull();
    expect(headersOf(registered, headersGiven, changed, rotated)).toBe(headersId);
    const givenWithoutId = { ...changed, data: { ...changed.data, headersGiven: true } };
    expect(headersOf(registered, headersGiven, givenWithoutId)).toBeNull();
  });

  it('is known of older events, however often secrets or headers were changed since', () => {
    for (const other of [rotated, headersGiven]) {
      const tables = after(registered, paused, ...Array.from({ length: 150 }, () => other));
      expect([2, 3].map((position) => subscriberAt(tables, webhookId, position)?.status)).toEqual(['active', 'paused']);
    }
  });

  it('is nothing any more once they, or their user, are gone', () => {
    for (const end of [removed, { type: 'UserDeleted', data: { userId, deletedAt: at } }]) {
      const tables = after(registered, end);
      expect([subscribersOf(tables, userId, 2), subscriberAt(tables, webhookId, Infinity)]).toEqual([[], undefined]);
      expect(tables).toMatchObject({ webhooks: new Map(), webhooksOfUser: new Map() });
    }
  });

  it('counts for a deleted session up to its deletion, which is told itself', () => {
    const tables = after(registered, { type: 'SessionDeleted', data: { sessionId: 's', userId, deletedAt: at } });
    expect([1, 2, 3].map((position) => isDeletedSince(tables, 's', position))).toEqual([true, false, false]);
    expect(isDeletedSince(tables, null, 1)).toBe(false);
  });
});

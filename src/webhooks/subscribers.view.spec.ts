import { describe, expect, it } from '@jest/globals';
import { Subscribers } from './subscribers.js';
import { subscribersView } from './subscribers.view.js';
import type { WebhookEvent } from './webhook.contract.js';

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

/** The subscribers after these events, the first of which is at position 1. */
const after = (
  ...events: readonly (WebhookEvent | { readonly type: string; readonly data: object })[]
): Subscribers => {
  const tables = subscribersView.tables();
  const on = subscribersView.on as {
    readonly [type: string]: ((into: typeof tables, event: object) => void) | undefined;
  };
  for (const [index, event] of events.entries()) on[event.type]?.(tables, { ...event, position: index + 1 });
  return new Subscribers({ follow: () => ({ tables }) } as never);
};

const registered = { type: 'WebhookRegistered', data: { ...ofWebhook, ...settings, registeredAt: at } };
const changed = {
  type: 'WebhookChanged',
  data: { ...ofWebhook, ...settings, events: ['session.*'], changedAt: at },
};
const paused = { type: 'WebhookPaused', data: { ...ofWebhook, pausedAt: at } };
const removed = { type: 'WebhookRemoved', data: { ...ofWebhook, removedAt: at } };

describe('what webhooks want', () => {
  it('is what they wanted when an event happened', () => {
    const subscribers = after(registered, changed, paused);
    const wantedAt = (position: number) =>
      subscribers.of(userId, position).map(({ events, status }) => [events, status]);
    expect([1, 2, 3, 4].map(wantedAt)).toEqual([
      [],
      [[['message.*'], 'active']],
      [[['session.*'], 'active']],
      [[['session.*'], 'paused']],
    ]);
    expect(subscribers.now(webhookId)).toMatchObject({ events: ['session.*'], status: 'paused' });
  });

  it('is nothing any more once they, or their user, are gone', () => {
    for (const end of [removed, { type: 'UserDeleted', data: { userId, deletedAt: at } }]) {
      const subscribers = after(registered, end);
      expect([subscribers.of(userId, 2), subscribers.now(webhookId), subscribers.hasWebhooks(userId)]).toEqual([
        [],
        undefined,
        false,
      ]);
    }
  });

  it('counts for a deleted session up to its deletion, which is told itself', () => {
    const subscribers = after(registered, { type: 'SessionDeleted', data: { sessionId: 's', userId, deletedAt: at } });
    expect([1, 2, 3].map((position) => subscribers.isDeletedSince('s', position))).toEqual([true, false, false]);
    expect(subscribers.isDeletedSince(null, 1)).toBe(false);
  });
});

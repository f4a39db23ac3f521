import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { WebhookCommand } from './webhook.commands.js';
import type { WebhookEvent } from './webhook.contract.js';
import { webhookDecider } from './webhook.decider.js';

const at = '2026-11-29T10:00:00.000Z';
const userId = '0199a3c4-1f00-7000-8000-000000000001';
const webhook = (n: number) => ({ userId, webhookId: `0199a3c4-1f00-7000-8000-00000000006${n}` });
const settings = {
  url: 'https://shop.example/hook',
  events: ['message.*'],
  sessionIds: null,
  headerNames: [],
  ordered: false,
  description: null,
};
const registered = (n: number): WebhookEvent => ({
  type: 'WebhookRegistered',
  data: { ...webhook(n), ...settings, registeredAt: at },
});
const paused: WebhookEvent = { type: 'WebhookPaused', data: { ...webhook(1), pausedAt: at } };
const reason = 'The server answered 410';
const disabled: WebhookEvent = {
  type: 'WebhookDisabled',
  data: { ...webhook(1), code: 'gone', reason, disabledAt: at },
};
const resumed: WebhookEvent = { type: 'WebhookResumed', data: { ...webhook(1), resumedAt: at } };
const removed = (n: number): WebhookEvent => ({ type: 'WebhookRemoved', data: { ...webhook(n), removedAt: at } });
const closed: WebhookEvent = { type: 'WebhooksClosed', data: { userId, closedAt: at } };

const register = (n: number): WebhookCommand => ({
  type: 'RegisterWebhook',
  data: { ...webhook(n), ...settings, userLimit: 2, at },
});
const testId = '0199a3c4-1f00-7000-8000-000000000091';
const test: WebhookCommand = { type: 'TestWebhook', data: { ...webhook(1), testId, at } };
const tested: WebhookEvent = { type: 'WebhookTested', data: { ...webhook(1), testId, testedAt: at } };
const command = (type: 'PauseWebhook' | 'ResumeWebhook' | 'RemoveWebhook', n = 1): WebhookCommand => ({
  type,
  data: { ...webhook(n), at },
});
const disableFor = (since: string): WebhookCommand => ({
  type: 'DisableWebhook',
  data: { ...webhook(1), code: 'gone', reason, since, at },
});
const disable = disableFor(at);
const close: WebhookCommand = { type: 'CloseWebhooks', data: { userId, at } };
const webhooks = given(webhookDecider);

describe('the webhooks of a user', () => {
  it('are registered once each, up to the limit', () => {
    webhooks([])
      .when(register(1))
      .then([registered(1)]);
    webhooks([registered(1)])
      .when(register(1))
      .then([]);
    webhooks([registered(1), registered(2)])
      .when(register(3))
      .refused('webhook_limit_reached');
    webhooks([registered(1), registered(2), removed(1)])
      .when(register(3))
      .then([registered(3)]);
  });

  it('are changed where something is different', () => {
    const change = (url: string): WebhookCommand => ({
      type: 'ChangeWebhook',
      data: { ...webhook(1), change: { url }, at },
    });
    const url = 'https://shop.example/other';
    webhooks([registered(1)])
      .when(change(url))
      .then([{ type: 'WebhookChanged', data: { ...webhook(1), ...settings, url, changedAt: at } }]);
    webhooks([registered(1)])
      .when(change(settings.url))
      .then([]);
    webhooks([]).when(change(url)).refused('webhook_not_found');
  });

  it('are changed whenever headers are given, whose values may be others', () => {
    const headerNames = ['authorization'];
    const changed = (headersId: string): WebhookEvent => ({
      type: 'WebhookChanged',
      data: { ...webhook(1), ...settings, headerNames, headersId, changedAt: at },
    });
    const [first, second] = ['0199a3c4-1f00-7000-8000-000000000071', '0199a3c4-1f00-7000-8000-000000000072'];
    webhooks([registered(1), changed(first)])
      .when({ type: 'ChangeWebhook', data: { ...webhook(1), change: { headerNames }, headersId: second, at } })
      .then([changed(second)]);
    webhooks([registered(1), changed(first)])
      .when({ type: 'ChangeWebhook', data: { ...webhook(1), change: { ordered: false }, at } })
      .then([]);
  });

  it('are paused, disabled and resumed once', () => {
    webhooks([registered(1)])
      .when(command('PauseWebhook'))
      .then([paused]);
    webhooks([registered(1), paused])
      .when(command('PauseWebhook'))
      .then([]);
    webhooks([registered(1), paused])
      .when(disable)
      .then([disabled]);
    webhooks([registered(1), disabled])
      .when(disable)
      .then([]);
    webhooks([registered(1), disabled])
      .when(command('PauseWebhook'))
      .refused('webhook_disabled');
    webhooks([registered(1), disabled])
      .when(command('ResumeWebhook'))
      .then([resumed]);
    webhooks([registered(1), disabled, resumed])
      .when(command('ResumeWebhook'))
      .then([]);
    webhooks([]).when(disable).then([]);
  });

  it('are not disabled for what was before they were resumed, or led elsewhere', () => {
    const [before, after] = ['2026-11-29T09:59:59.000Z', '2026-11-29T10:00:01.000Z'];
    const changed = (change: object): WebhookEvent => ({
      type: 'WebhookChanged',
      data: { ...webhook(1), ...settings, ...change, changedAt: after },
    });
    webhooks([registered(1), disabled, resumed])
      .when(disableFor(before))
      .then([]);
    webhooks([registered(1), disabled, resumed])
      .when(disable)
      .then([disabled]);
    const headersId = '0199a3c4-1f00-7000-8000-000000000071';
    for (const elsewhere of [{ url: 'https://shop.example/other' }, { headersId }, { headersGiven: true }]) {
      webhooks([registered(1), changed(elsewhere)])
        .when(disable)
        .then([]);
    }
    webhooks([registered(1), changed({ ordered: true })])
      .when(disable)
      .then([disabled]);
  });

  it('are tested unless they are disabled, once for each test', () => {
    webhooks([registered(1), paused])
      .when(test)
      .then([tested]);
    webhooks([registered(1), tested])
      .when(test)
      .then([]);
    webhooks([registered(1), disabled])
      .when(test)
      .refused('webhook_disabled');
  });

  it('are removed with their user, who gets no more', () => {
    webhooks([registered(1)])
      .when(command('RemoveWebhook'))
      .then([removed(1)]);
    webhooks([]).when(command('RemoveWebhook')).refused('webhook_not_found');
    webhooks([registered(1), registered(2)])
      .when(close)
      .then([removed(1), removed(2), closed]);
    webhooks([closed]).when(close).then([]);
    webhooks([closed]).when(register(1)).refused('user_not_found');
  });
});

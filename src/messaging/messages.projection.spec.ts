import { describe, expect, it } from '@jest/globals';
import { project, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import { accepted, at, later, messageEvent, messageOwner, scheduledAt } from './message.builders.js';
import type { MessageEvent } from './message.contract.js';
import { messagesProjection } from './messages.projection.js';

const keyId = '0199aaaa-0000-7000-8000-000000000005';
const scheduled = messageEvent('MessageScheduled');
const queued = messageEvent('MessageQueued', { reference: 'order-1', keyId });
const sent = messageEvent('MessageSent');
const failed = messageEvent('MessageFailed', { code: 'unconfirmed', retryable: true });
const received = messageEvent('MessageReceived', { content: { type: 'text', body: 'Helo' } });

/** The document of a message after these events, which have the positions 101, 102, … */
const after = (...events: readonly MessageEvent[]): Fields | undefined =>
  events
    .flatMap((event, revision) =>
      project(messagesProjection, { ...event, revision, position: 101 + revision } as Recorded),
    )
    .reduce<Fields | undefined>(applyWrite, undefined);

describe('the view of messages', () => {
  it('shows a message as its last event left it', () => {
    expect(after(queued, sent, messageEvent('MessageDelivered'))).toMatchObject({
      id: messageOwner.messageId,
      status: 'delivered',
      direction: 'outgoing',
      text: 'Hello',
      reference: 'order-1',
      createdAt: at,
      sentAt: later,
      deliveredAt: later,
      position: 101,
      queuedPosition: 101,
      keyId,
    });
  });

  it('keeps the place of a scheduled message in lists, while it is sent in the order of queueing', () => {
    expect(after(scheduled)).toMatchObject({ status: 'scheduled', scheduledAt, position: 101 });
    expect(after(scheduled, queued)).toMatchObject({ status: 'queued', position: 101, queuedPosition: 102 });
  });

  it('shows why a message failed, and no longer once it turns out to have arrived', () => {
    expect(after(queued, failed)).toMatchObject({ status: 'failed', error: { code: 'unconfirmed', retryable: true } });
    expect(after(queued, failed, sent)).toMatchObject({ status: 'sent', error: null, failedAt: null });
  });

  it('shows a received message, and the edits of its author', () => {
    const edited = messageEvent('MessageEdited', { content: { type: 'text', body: 'Hello' } });
    expect(after(received)).toMatchObject({ status: 'received', direction: 'incoming', via: 'whatsapp', text: 'Helo' });
    expect(after(received, edited)).toMatchObject({ status: 'received', text: 'Hello', editedAt: later });
  });

  it('shows whom an edit mentions', () => {
    const edited = messageEvent('MessageEdited', { mentions: ['+491701234567'] });
    const content = { type: 'text', body: 'Hi!', mentions: ['+491701234567'] };
    expect(after(queued, sent, edited)).toMatchObject({ status: 'sent', text: 'Hi!', content, editedAt: later });
  });

  it('shows whom a received message mentions, by number where it says so', () => {
    const mentions = ['491701234567@s.whatsapp.net', '1@lid'];
    const shown = { mentions: ['+491701234567', '1@lid'] };
    const mentioning = messageEvent('MessageReceived', { mentions });
    expect(after(mentioning)).toMatchObject({ content: shown });
    const file = { mimeType: null, caption: 'Look', fileName: null, size: null };
    const media = { kind: 'image', url: null, directPath: '/x', sealedKey: 'k', sha256: null } as const;
    const image = { type: 'image', media, ...file, form: 'plain', viewOnce: false } as const;
    expect(after(messageEvent('MessageReceived', { mentions, content: image }))).toMatchObject({ content: shown });
    const unreadable = messageEvent('MessageReceived', { content: { type: 'unreadable', reason: 'undecrypted' } });
    expect(after(unreadable, messageEvent('MessageRecovered', { mentions }))).toMatchObject({ content: shown });
    expect(after(mentioning, messageEvent('MessageEdited'))).not.toMatchObject({ content: shown });
  });

  it('shows a message that the account’s owner wrote on the phone as outgoing', () => {
    const own = messageEvent('MessageReceived', { fromMe: true });
    expect(after(own)).toMatchObject({
      status: 'sent',
      direction: 'outgoing',
      via: 'phone',
      from: accepted.account,
      to: accepted.to,
    });
  });
});

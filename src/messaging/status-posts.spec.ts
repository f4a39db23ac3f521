import { describe, expect, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { accepted, later, messageEvent, messageOwner } from './message.builders.js';
import { messageDecider } from './message.decider.js';
import type { RequestedContent } from './content.contract.js';
import { repeatable, repeatableChange } from './reports/sent-message.rules.js';
import { assertPost } from './status-posts.rules.js';

const given = givenEvents(messageDecider);
const status = 'status@broadcast';
const recipients = ['+491701234567'];
const text: RequestedContent = { type: 'text', body: 'New today', mentions: [] };
const file = {
  source: { mediaId: messageOwner.messageId },
  mimeType: undefined,
  fileName: undefined,
  caption: null,
  viewOnce: false,
  form: 'plain',
  convert: false,
} as const;

/** The code with which it is refused; undefined where it is not. */
const refusalOf = (request: Parameters<typeof assertPost>[0], chat = status): unknown => {
  try {
    assertPost(request, chat);
    return undefined;
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
};

describe('a status post', () => {
  it.each<[string, RequestedContent]>([
    ['a text', text],
    ['a text with a style', { ...text, backgroundColor: '#1FA855', font: 'bold' }],
    ['an image', { ...file, type: 'image' }],
    ['a video', { ...file, type: 'video' }],
    ['a video that repeats', { ...file, type: 'video', form: 'gif' }],
    ['a voice message', { ...file, type: 'audio', form: 'voice' }],
  ])('can be %s', (_name, content) => expect(refusalOf({ content, recipients })).toBeUndefined());

  it.each<[string, RequestedContent]>([
    ['a document', { ...file, type: 'document' }],
    ['a sticker', { ...file, type: 'sticker' }],
    ['music', { ...file, type: 'audio' }],
    ['a round video', { ...file, type: 'video', form: 'note' }],
    ['an image to be opened once', { ...file, type: 'image', viewOnce: true }],
    ['a location', { type: 'location', latitude: 1, longitude: 2, name: null, address: null }],
    ['a poll', { type: 'poll', question: 'Tea?', options: ['yes', 'no'], multiple: false }],
    ['a text that mentions people', { ...text, mentions: ['+491701234567'] }],
  ])('cannot be %s', (_name, content) => expect(refusalOf({ content, recipients })).toBe('not_for_status'));

  it('needs recipients, and answers nothing', () => {
    expect(refusalOf({ content: text })).toBe('recipients_required');
    expect(refusalOf({ content: text, recipients: [] })).toBe('recipients_required');
    expect(refusalOf({ content: text, recipients, replyTo: messageOwner.messageId })).toBe('not_for_status');
  });

  it('alone has recipients and a style', () => {
    expect(refusalOf({ content: text }, accepted.chat)).toBeUndefined();
    expect(refusalOf({ content: text, recipients }, accepted.chat)).toBe('recipients_need_status');
    expect(refusalOf({ content: { ...text, font: 'bold' } }, accepted.chat)).toBe('style_needs_status');
  });
});

describe('a post in a channel', () => {
  const channel = '120363400000000001@newsletter';

  it('is a text or a file that answers and mentions nothing, and can be opened by everybody', () => {
    expect(refusalOf({ content: text }, channel)).toBeUndefined();
    for (const type of ['image', 'video', 'audio', 'document', 'sticker'] as const) {
      expect(refusalOf({ content: { ...file, type } }, channel)).toBeUndefined();
    }
    expect(refusalOf({ content: { ...file, type: 'image', viewOnce: true } }, channel)).toBe('not_for_channel');
    expect(refusalOf({ content: { ...file, type: 'video', form: 'note' } }, channel)).toBe('not_for_channel');
    expect(refusalOf({ content: { ...file, type: 'image', mentions: ['+491701234567'] } }, channel)).toBe(
      'not_for_channel',
    );
    expect(refusalOf({ content: text, replyTo: messageOwner.messageId }, channel)).toBe('not_for_channel');
    expect(refusalOf({ content: { ...text, mentions: ['+491701234567'] } }, channel)).toBe('not_for_channel');
    expect(refusalOf({ content: text, recipients }, channel)).toBe('recipients_need_status');
  });
});

describe('a status post that was sent', () => {
  const jids = ['491701234567@s.whatsapp.net'];
  const queued = messageEvent('MessageQueued', { chat: status, to: 'status', recipients: jids });
  const sent = messageEvent('MessageSent');
  const change = { messageId: messageOwner.messageId, changeId: 'C1', keyId: null, at: later };

  it('is not edited', () => {
    given([queued, sent])
      .when({ type: 'RequestMessageEdit', data: { ...change, content: { type: 'text', body: 'Hi!', mentions: [] } } })
      .refused('not_for_status');
  });

  it('is deleted from the phones of its recipients', () => {
    const { account, whatsappId } = accepted;
    const data = { ...messageOwner, changeId: 'C1', account, chat: status, recipients: jids, whatsappId, keyId: null };
    const requested = messageEvent('MessageRevocationRequested', { ...data, requestedAt: later });
    given([queued, sent]).when({ type: 'RequestMessageRevocation', data: change }).then([requested]);
    expect(repeatableChange([queued, sent, requested], 'C1')).toMatchObject({ to: status, recipients: jids });
  });

  it('tells which of its recipients are not on WhatsApp, and is not deleted where it never was', () => {
    const [here, away] = [jids[0]!, '491709999999@s.whatsapp.net'];
    const toBoth = messageEvent('MessageQueued', { chat: status, to: 'status', recipients: [here, away] });
    const attempted = messageEvent('MessageAttempted', { leftOut: [away] });
    given([toBoth])
      .when({
        type: 'BeginAttempt',
        data: { messageId: messageOwner.messageId, leftOut: [away], at: attempted.data.attemptedAt },
      })
      .then([attempted]);
    const { account, whatsappId } = accepted;
    const data = {
      ...messageOwner,
      changeId: 'C1',
      account,
      chat: status,
      recipients: [here],
      whatsappId,
      keyId: null,
    };
    given([toBoth, attempted, sent])
      .when({ type: 'RequestMessageRevocation', data: change })
      .then([messageEvent('MessageRevocationRequested', { ...data, requestedAt: later })]);
  });

  it('tells of all whom its attempts left out', () => {
    const [here, away, gone] = [jids[0]!, '491709999999@s.whatsapp.net', '491708888888@s.whatsapp.net'];
    const toAll = messageEvent('MessageQueued', { chat: status, to: 'status', recipients: [here, away, gone] });
    const held = messageEvent('MessageHeld');
    const attempted = messageEvent('MessageAttempted', { leftOut: [away] });
    const again = messageEvent('MessageAttempted', { leftOut: [away, gone], attemptedAt: later });
    const attempt = (leftOut?: readonly string[]) =>
      ({
        type: 'BeginAttempt',
        data: { messageId: messageOwner.messageId, ...(leftOut && { leftOut }), at: later },
      }) as const;
    given([toAll, attempted, held])
      .when(attempt([gone]))
      .then([again]);
    given([toAll, attempted, held, again, held])
      .when(attempt())
      .then([messageEvent('MessageAttempted', { attemptedAt: later })]);
  });

  it('is repeated for its recipients', () => {
    expect(repeatable([queued, sent])).toMatchObject({ to: status, recipients: jids });
  });
});

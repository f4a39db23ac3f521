import { describe, expect, it } from '@jest/globals';
import { accepted, messageEvent } from '../message.builders.js';
import type { MessageEvent } from '../message.contract.js';
import { repeatable, repeatableChange } from './sent-message.rules.js';

const queued = messageEvent('MessageQueued');
const sent = messageEvent('MessageSent');

describe('a message that a receiver asks for again', () => {
  it('is sent as it was', () => {
    expect(repeatable([queued, sent])).toEqual({
      to: accepted.chat,
      content: accepted.content,
      forwarded: false,
    });
  });

  it('consists of the same upload where it consists of a file', () => {
    const described = {
      ...({ fileName: null, caption: 'Look', width: 4, height: 5 } as const),
      ...({ seconds: null, viewOnce: false, form: 'plain' } as const),
    };
    const file = { type: 'image', mimeType: 'image/png', size: 3 } as const;
    const content = { ...file, ...described, mediaId: accepted.messageId, sha256: '00'.repeat(32) };
    const withFile = messageEvent('MessageQueued', { content });
    const made = { thumbnail: 'anBn', waveform: 'd2F2ZQ==' };
    const { upload } = messageEvent('MediaUploaded').data;
    const uploaded = messageEvent('MediaUploaded', { upload: { ...upload, ...made } });
    expect(repeatable([withFile, sent])).toBeUndefined();
    const { thumbnail: _thumbnail, waveform: _waveform, ...place } = upload;
    expect(repeatable([withFile, uploaded, sent])?.content).toEqual({
      ...file,
      ...described,
      sha256: Buffer.alloc(32).toString('base64'),
      upload: place,
      ...made,
    });
  });

  it('has the same preview of its link, or none where it was sent without', () => {
    const content = { type: 'text', body: 'https://example.com/a', previewUrl: true } as const;
    const withLink = messageEvent('MessageQueued', { content });
    const previewed = messageEvent('LinkPreviewFetched');
    const text = { type: 'text', body: content.body };
    expect(repeatable([withLink, previewed, sent])?.content).toEqual({ ...text, preview: previewed.data.preview });
    expect(repeatable([withLink, messageEvent('LinkPreviewUnavailable'), sent])?.content).toEqual(text);
  });

  it('is not sent again once it was revoked', () => {
    expect(repeatable([queued, sent, messageEvent('MessageRevoked')])).toBeUndefined();
  });

  it('is sent in its new form once it was edited, or not at all', () => {
    const [first, last] = ['Hallo', 'Hi!'].map((body) =>
      messageEvent('MessageEdited', { content: { type: 'text', body } }),
    );
    expect(repeatable([queued, sent, first!, last!])?.content).toEqual({ type: 'text', body: 'Hi!', mentions: [] });
    const other = messageEvent('MessageEdited', {
      content: { type: 'unsupported', description: 'A sticker' } as never,
    });
    expect(repeatable([queued, sent, other])).toBeUndefined();
  });
});

describe('a change that a receiver asks for again', () => {
  const editRequested = messageEvent('MessageEditRequested');
  const edited = messageEvent('MessageEdited', { changeId: 'C1' });
  const again = messageEvent('MessageEdited', { changeId: 'C2', content: { type: 'text', body: 'Hey' } });

  it('is an edit with what the message says now', () => {
    const textOf = (...events: readonly MessageEvent[]) =>
      repeatableChange([queued, sent, editRequested, ...events], 'C1')?.content;
    expect(textOf()).toMatchObject({ type: 'edit', text: { body: 'Hi!' } });
    expect(textOf(edited, again)).toMatchObject({ type: 'edit', text: { body: 'Hey' } });
  });

  it('is the deletion, and no edit of what is deleted', () => {
    const requested = messageEvent('MessageRevocationRequested', { changeId: 'C2' });
    const events = [queued, sent, editRequested, edited, requested, messageEvent('MessageRevoked', { changeId: 'C2' })];
    expect(repeatableChange(events, 'C2')).toMatchObject({ content: { type: 'revocation' } });
    expect(repeatableChange(events, 'C1')).toBeUndefined();
    expect(repeatableChange(events, 'C3')).toBeUndefined();
  });
});

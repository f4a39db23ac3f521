import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { later, messageEvent, messageOwner } from '../message.builders.js';
import type { MessageCommand } from '../message.commands.js';
import { messageDecider } from '../message.decider.js';

const given = givenEvents(messageDecider);
const queued = messageEvent('MessageQueued', {
  content: { type: 'text', body: 'https://example.com/a', previewUrl: true },
});
const fetched = messageEvent('LinkPreviewFetched');
const unavailable = messageEvent('LinkPreviewUnavailable');
const { messageId } = messageOwner;

const record = (result: { readonly preview: typeof fetched.data.preview } | { readonly problem: string }) =>
  ({ type: 'RecordLinkPreview', data: { messageId, result, at: later } }) satisfies MessageCommand;
const found = record({ preview: fetched.data.preview });
const missing = record({ problem: unavailable.data.reason });

describe('the preview of a link', () => {
  it('is recorded before the message is sent, or why there is none', () => {
    given([queued]).when(found).then([fetched]);
    given([queued]).when(missing).then([unavailable]);
  });

  it('stays the first one that was made', () => {
    for (const first of [fetched, unavailable]) {
      for (const second of [found, missing]) given([queued, first]).when(second).then([]);
    }
  });

  it('is no longer needed once the message was sent, or canceled', () => {
    for (const end of [messageEvent('MessageSent'), messageEvent('MessageCanceled')]) {
      given([queued, end]).when(found).then([]);
    }
  });
});

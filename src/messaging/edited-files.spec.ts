import { describe, expect, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { ReceivedContent } from './content.contract.js';
import { later, messageEvent, messageOwner } from './message.builders.js';
import type { MessageCommand } from './message.commands.js';
import { messageDecider } from './message.decider.js';
import { messageEvents } from './message.contract.js';
import { repeatable } from './reports/sent-message.rules.js';

const given = givenEvents(messageDecider);

const received: ReceivedContent = {
  type: 'image',
  media: { kind: 'image', url: null, directPath: '/v/1', sealedKey: 'sealed', sha256: 'aGFzaA==' },
  mimeType: 'image/png',
  caption: 'Old',
  fileName: null,
  size: 1200,
  form: 'plain',
  viewOnce: false,
};
/** As phones send it: without anything by which the file could be found. */
const captionOf = (caption: string | null): ReceivedContent => ({
  ...received,
  media: { kind: 'image', url: null, directPath: null, sealedKey: null, sha256: null },
  mimeType: null,
  caption,
  size: null,
});
const sent = {
  type: 'image',
  mediaId: '0199aaaa-0000-8000-8000-000000000005',
  mimeType: 'image/png',
  size: 1200,
  sha256: 'ab'.repeat(32),
  fileName: null,
  caption: 'Old',
  mentions: ['+491701234567'],
  width: 40,
  height: 30,
  seconds: null,
  viewOnce: false,
  form: 'plain',
} as const;
const { mentions: _mentions, ...sentAlone } = sent;

const edit = (content: ReceivedContent): MessageCommand => ({
  type: 'RecordMessageEdited',
  data: { ...messageOwner, changeId: 'E1', content, mentions: [], at: later },
});
const picture = messageEvent('MessageReceived', { content: received });
const queued = messageEvent('MessageQueued', { content: sent });
const delivered = [queued, messageEvent('MediaUploaded'), messageEvent('MessageSent', { type: 'image' })];
const editedTo = (content: Parameters<typeof messageEvent<'MessageEdited'>>[1] & object) =>
  messageEvent('MessageEdited', content);

describe('an edit of a message with a file', () => {
  it('changes what is written beside it alone', () => {
    const edited = editedTo({ content: { ...received, caption: 'New' } });
    given([picture])
      .when(edit(captionOf('New')))
      .then([edited]);
    given([picture])
      .when(edit({ type: 'text', body: 'New' }))
      .then([edited]);
    given([picture])
      .when(edit(captionOf(null)))
      .then([editedTo({ content: { ...received, caption: null } })]);
    given([picture])
      .when(edit({ type: 'unsupported', rawType: 'newMessage' }))
      .then([]);
  });

  it('that was sent from here keeps the file that is here', () => {
    const edited = editedTo({ content: { ...sentAlone, caption: 'New' } });
    given(delivered)
      .when(edit(captionOf('New')))
      .then([edited]);
    given(delivered)
      .when(edit({ ...received, caption: 'New' }))
      .then([edited]);
    expect(messageEvents.types.MessageEdited.schema.parse(edited.data)).toEqual(edited.data);
  });

  it('waits until the message is known', () => {
    const waiting = messageEvent('MessageChangeAwaited', {
      changeId: 'E1',
      change: { kind: 'edit', content: captionOf('New'), mentions: [] },
    });
    given([])
      .when(edit(captionOf('New')))
      .then([waiting]);
    const receive: MessageCommand = { type: 'RecordMessageReceived', data: picture.data };
    given([waiting])
      .when(receive)
      .then([picture, editedTo({ content: { ...received, caption: 'New' } })]);
  });

  it('that cannot be read yet is kept until it can', () => {
    const unreadable = messageEvent('MessageReceived', { content: { type: 'unreadable', reason: 'undecrypted' } });
    const edited = editedTo({ content: { type: 'text', body: 'New' } });
    given([unreadable])
      .when(edit(captionOf('New')))
      .then([edited]);
    const recovered = messageEvent('MessageRecovered', {
      content: { ...received, caption: 'New' },
      recoveredAt: picture.data.receivedAt,
    });
    given([unreadable, edited]).when({ type: 'RecordMessageReceived', data: picture.data }).then([recovered]);
  });

  it('is sent again with what it says now', () => {
    const edited = editedTo({ content: { ...sentAlone, caption: 'New' }, mentions: ['+491709999999'] });
    const content = { type: 'image', caption: 'New', mentions: ['+491709999999'], upload: { directPath: '/v/1.enc' } };
    expect(repeatable([...delivered, edited])).toMatchObject({ content });
  });
});

describe('the caption of a file, where the message has none', () => {
  it('is its text', () => {
    const text = messageEvent('MessageReceived');
    given([text])
      .when(edit(captionOf('New')))
      .then([editedTo({ content: { type: 'text', body: 'New' } })]);
  });
});

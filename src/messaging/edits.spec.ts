import { describe, expect, it } from '@jest/globals';
import { decide, fold } from '#lib/event-sourcing';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { ReceivedContent } from './content.contract.js';
import { later, messageEvent, messageOwner } from './message.builders.js';
import type { MessageCommand } from './message.commands.js';
import { messageDecider } from './message.decider.js';
import { messageEvents, type MessageEvent } from './message.contract.js';
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

describe('an edit of another kind than its message', () => {
  const unreadable = messageEvent('MessageReceived', { content: { type: 'unreadable', reason: 'undecrypted' } });
  const place = { type: 'location', latitude: 1, longitude: 2, name: 'Here', address: null } as const;
  const others: readonly ReceivedContent[] = [
    place,
    { type: 'contact', contacts: [{ name: 'Bob', vcard: 'BEGIN:VCARD' }] },
    { type: 'poll', question: 'Tea?', options: ['yes', 'no'], multiple: false },
    { type: 'unsupported', rawType: 'newMessage' },
  ];
  const text: ReceivedContent = { type: 'text', body: 'Old' };
  const messagesWithoutFile = [text, ...others];
  const edits = [...others, { type: 'text', body: 'New' } as const];

  /** What the message says after the edit, whichever of them arrived first. */
  const after = (content: ReceivedContent, said: ReceivedContent): readonly (ReceivedContent | null)[] => {
    const original = messageEvent('MessageReceived', { content });
    const decided = (events: readonly MessageEvent[], command: MessageCommand) =>
      decide(messageDecider, command, fold(messageDecider, events));
    const toldOf = ([event]: readonly MessageEvent[]) =>
      event?.type === 'MessageEdited' || event?.type === 'MessageRecovered'
        ? (event.data.content as ReceivedContent)
        : null;
    const before = [unreadable, ...decided([unreadable], edit(said))];
    const receive: MessageCommand = { type: 'RecordMessageReceived', data: original.data };
    return [toldOf(decided([original], edit(said))), toldOf(decided(before, receive))];
  };

  it.each(messagesWithoutFile)('is told as what it is: $type', (content) => {
    for (const said of edits) expect([said.type, after(content, said)]).toEqual([said.type, [said, said]]);
  });

  it('is the caption of a file where it is a text, and changes nothing of the file otherwise', () => {
    for (const said of others) {
      expect([said.type, after(received, said)]).toEqual([said.type, [null, received]]);
    }
  });

  it('leaves the message as editable as it was', () => {
    const told = editedTo({ content: place });
    given([messageEvent('MessageReceived', { content: text }), told])
      .when({
        type: 'RecordMessageEdited',
        data: { ...messageOwner, changeId: 'E2', content: text, mentions: [], at: later },
      })
      .then([editedTo({ changeId: 'E2', content: text })]);
  });
});

describe.each(['image', 'video', 'audio', 'document', 'sticker'] as const)('an edited caption: %s', (type) => {
  it('is beside the same file, whichever of them arrived first', () => {
    const content = { ...received, type, media: { ...received.media, kind: type } } as ReceivedContent;
    const original = messageEvent('MessageReceived', { content });
    const edited = editedTo({ content: { ...content, caption: 'New' } as ReceivedContent });
    given([original])
      .when(edit(captionOf('New')))
      .then([edited]);
    const unreadable = messageEvent('MessageReceived', { content: { type: 'unreadable', reason: 'undecrypted' } });
    given([unreadable, editedTo({ content: { type: 'text', body: 'New' } })])
      .when({ type: 'RecordMessageReceived', data: original.data })
      .then([
        messageEvent('MessageRecovered', {
          content: edited.data.content as ReceivedContent,
          recoveredAt: original.data.receivedAt,
        }),
      ]);
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

import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { later, messageEvent, messageOwner } from './message.builders.js';
import type { MessageCommand } from './message.commands.js';
import type { MessageEventData } from './message.contract.js';
import { messageDecider } from './message.decider.js';

const given = givenEvents(messageDecider);

const received = messageEvent('MessageReceived', { sealedSecret: 'secret' });
const unreadable = messageEvent('MessageReceived', { content: { type: 'unreadable', reason: 'undecrypted' } });
const recovered = messageEvent('MessageRecovered', { sealedSecret: 'secret', recoveredAt: received.data.receivedAt });
const newText = { type: 'text', body: 'Hi!' } as const;
const edited = messageEvent('MessageEdited', { content: newText });
const revoked = messageEvent('MessageRevoked');
const sealedEdit = messageEvent('SealedChangeReceived');
const { change: sealed } = sealedEdit.data;

const receive: MessageCommand = { type: 'RecordMessageReceived', data: received.data };
const receiveUnreadable: MessageCommand = { type: 'RecordMessageReceived', data: unreadable.data };
const editWith = (changeId: string): MessageCommand => ({
  type: 'RecordMessageEdited',
  data: { ...messageOwner, changeId, content: newText, mentions: edited.data.mentions, at: later },
});
const [edit, openedEdit] = [editWith('E1'), editWith('S1')];
const editSealed: MessageCommand = {
  type: 'RecordSealedChange',
  data: { ...messageOwner, changeId: 'S1', change: sealed, at: later },
};
const revoke: MessageCommand = { type: 'RecordMessageRevoked', data: { ...messageOwner, changeId: 'R1', at: later } };

const reaction = messageEvent('ReactionReceived');
const { from, emoji } = reaction.data;
const react: MessageCommand = {
  type: 'RecordReaction',
  data: { ...messageOwner, changeId: 'A1', from, emoji, at: later },
};
const waitingReaction = messageEvent('MessageChangeAwaited', {
  changeId: 'A1',
  change: { kind: 'reaction', from, emoji },
});

const waitingEdit = messageEvent('MessageChangeAwaited', {
  changeId: 'E1',
  change: { kind: 'edit', content: newText, mentions: edited.data.mentions },
});
const waitingSealedEdit = messageEvent('MessageChangeAwaited', {
  changeId: 'S1',
  change: sealed,
});
const waitingRevocation = messageEvent('MessageChangeAwaited');

describe('a message that cannot be read', () => {
  it('is recorded once, and replaced once what it says arrives', () => {
    given([]).when(receiveUnreadable).then([unreadable]);
    given([unreadable]).when(receiveUnreadable).then([]);
    given([unreadable]).when(receive).then([recovered]);
    given([unreadable, recovered]).when(receive).then([]);
    given([unreadable, recovered]).when(receiveUnreadable).then([]);
  });

  it('never replaces one that could be read', () => {
    given([received]).when(receiveUnreadable).then([]);
  });

  it('stays revoked', () => {
    given([unreadable, revoked]).when(receive).then([]);
  });

  it('says what its edit says, which is newer', () => {
    given([unreadable]).when(edit).then([edited]);
    const [content, { mentions }] = [newText, edited.data];
    const replyToWhatsappId = 'A0';
    const data = { ...received.data, replyToWhatsappId };
    const asEdited = messageEvent('MessageRecovered', { ...recovered.data, content, mentions, replyToWhatsappId });
    given([unreadable, edited]).when({ type: 'RecordMessageReceived', data }).then([asEdited]);
    given([unreadable, edited, asEdited]).when(receive).then([]);
    given([unreadable, edited]).when(editSealed).then([waitingSealedEdit]);
    given([unreadable, edited, waitingSealedEdit])
      .when({ type: 'RecordMessageReceived', data })
      .then([asEdited, sealedEdit]);
  });

  it('keeps its file where an edit of its caption came before', () => {
    const media = { kind: 'image', url: null, directPath: '/x', sealedKey: 'k', sha256: null } as const;
    const file = { mimeType: 'image/jpeg', caption: null, fileName: null, size: 1 };
    const content = { type: 'image', media, ...file, form: 'plain', viewOnce: false } as const;
    const image = { ...messageEvent('MessageReceived').data, content };
    given([unreadable, edited])
      .when({ type: 'RecordMessageReceived', data: image })
      .then([
        messageEvent('MessageRecovered', {
          content: { ...content, caption: 'Hi!' },
          recoveredAt: received.data.receivedAt,
        }),
      ]);
  });
});

describe('a change that arrives before its message', () => {
  it('waits for it, once', () => {
    given([]).when(edit).then([waitingEdit]);
    given([]).when(revoke).then([waitingRevocation]);
    given([]).when(editSealed).then([waitingSealedEdit]);
    given([]).when(react).then([waitingReaction]);
    given([waitingReaction]).when(react).then([]);
    given([waitingEdit]).when(edit).then([]);
    given([waitingEdit]).when(revoke).then([waitingRevocation]);
  });

  it('follows the message at once', () => {
    given([waitingEdit, waitingRevocation]).when(receive).then([received, edited, revoked]);
    given([waitingReaction, waitingEdit]).when(receive).then([received, reaction, edited]);
    given([waitingReaction, received, reaction]).when(react).then([]);
    given([waitingReaction]).when(receiveUnreadable).then([unreadable, reaction]);
    given([waitingSealedEdit]).when(receive).then([received, sealedEdit]);
    given([waitingEdit, received, edited]).when(edit).then([]);
  });

  it('goes on waiting for the secret of a message that cannot be read', () => {
    given([waitingSealedEdit]).when(receiveUnreadable).then([unreadable, waitingSealedEdit]);
    given([unreadable]).when(editSealed).then([waitingSealedEdit]);
    given([unreadable, waitingSealedEdit]).when(editSealed).then([]);
    given([unreadable, waitingSealedEdit]).when(receive).then([recovered, sealedEdit]);
  });

  it('is one of at most twenty of its kind', () => {
    const many = Array.from({ length: 20 }, (_, n) =>
      messageEvent('MessageChangeAwaited', { changeId: `E${n + 100}`, change: waitingEdit.data.change }),
    );
    given(many).when(edit).then([]);
    given(many).when(revoke).then([waitingRevocation]);
  });
});

describe('a reaction to a message that has not arrived', () => {
  it('waits for it no longer than WhatsApp may still deliver it, and a revocation without end', () => {
    const receivedLate = (day: string): MessageEventData<'MessageReceived'> => ({
      ...received.data,
      receivedAt: `2026-02-${day}T03:04:09.000Z`,
    });
    const receiveOn = (day: string): MessageCommand => ({ type: 'RecordMessageReceived', data: receivedLate(day) });
    const receivedOn = (day: string) => messageEvent('MessageReceived', receivedLate(day));
    const inTime = messageEvent('ReactionReceived', { reactedAt: '2026-02-02T03:04:09.000Z' });
    given([waitingReaction])
      .when(receiveOn('02'))
      .then([receivedOn('02'), inTime]);
    given([waitingReaction])
      .when(receiveOn('03'))
      .then([receivedOn('03')]);
    const late = messageEvent('MessageRevoked', { revokedAt: '2026-02-03T03:04:09.000Z' });
    given([waitingReaction, waitingRevocation])
      .when(receiveOn('03'))
      .then([receivedOn('03'), late]);
  });

  it('is taken in twenty times at most for each message', () => {
    const many = Array.from({ length: 20 }, (_, n) =>
      messageEvent('MessageChangeAwaited', { changeId: `A${n + 100}`, change: waitingReaction.data.change }),
    );
    given(many).when(react).then([]);
  });
});

describe('an edit that was made before the last one', () => {
  const moment = (second: number): string => `2026-01-02T03:04:0${second}.000Z`;
  const made = (changeId: string, second: number) => ({ changeId, madeAt: moment(second) });
  const edits = (changeId: string, second: number): MessageCommand => {
    const [content, { mentions }] = [newText, edited.data];
    const data = { ...messageOwner, ...made(changeId, second), content, mentions, at: later };
    return { type: 'RecordMessageEdited', data };
  };
  const is = (changeId: string, second: number) => messageEvent('MessageEdited', made(changeId, second));
  const waits = (changeId: string, second: number) => {
    const change = { ...waitingEdit.data.change, madeAt: moment(second) };
    return messageEvent('MessageChangeAwaited', { changeId, change });
  };

  it('changes nothing, because it was sent again after that', () => {
    given([received])
      .when(edits('E2', 2))
      .then([is('E2', 2)]);
    given([received, is('E2', 2)])
      .when(edits('E1', 1))
      .then([]);
    given([received, is('E2', 2)])
      .when(edits('E3', 3))
      .then([is('E3', 3)]);
    given([received, is('E2', 2), edited])
      .when(edits('E1', 1))
      .then([]);
  });

  it('changes nothing where both waited for the message', () => {
    given([])
      .when(edits('E2', 2))
      .then([waits('E2', 2)]);
    given([waits('E2', 2), waits('E1', 1)])
      .when(receive)
      .then([received, is('E2', 2)]);
    given([waits('E1', 1), waits('E2', 2)])
      .when(receive)
      .then([received, is('E1', 1), is('E2', 2)]);
  });

  it('changes nothing where the last one was made here', () => {
    const asked = { content: { type: 'text', body: 'Hi!', mentions: [] }, requestedAt: moment(5) } as const;
    const requested = messageEvent('MessageEditRequested', asked);
    const sent = [messageEvent('MessageQueued'), messageEvent('MessageSent'), requested];
    const done = messageEvent('MessageEdited', made('C1', 5));
    const { messageId } = messageOwner;
    given(sent)
      .when({ type: 'RecordChangeSent', data: { messageId, changeId: 'C1', at: later } })
      .then([done]);
    given([...sent, done])
      .when(edits('E1', 4))
      .then([]);
    given([...sent, done])
      .when(edits('E6', 6))
      .then([is('E6', 6)]);
  });
});

describe('a sealed edit', () => {
  it('is to be opened with the secret of its message, once', () => {
    given([received]).when(editSealed).then([sealedEdit]);
    given([received, sealedEdit]).when(editSealed).then([]);
    const opened = messageEvent('MessageEdited', { changeId: 'S1' });
    given([received, sealedEdit]).when(openedEdit).then([opened]);
    given([received, sealedEdit, opened]).when(openedEdit).then([]);
  });

  it('of a message that was sent from here is to be opened, too, once', () => {
    const [queued, sent] = [messageEvent('MessageQueued'), messageEvent('MessageSent')];
    const ofOwn = messageEvent('SealedChangeReceived', { sealedSecret: null });
    const opened = messageEvent('MessageEdited', { changeId: 'S1' });
    given([queued, sent]).when(editSealed).then([ofOwn]);
    given([queued, sent, ofOwn]).when(editSealed).then([]);
    given([queued, sent, ofOwn]).when(openedEdit).then([opened]);
  });

  it('of a message without a secret changes nothing', () => {
    given([messageEvent('MessageReceived')])
      .when(editSealed)
      .then([]);
  });
});

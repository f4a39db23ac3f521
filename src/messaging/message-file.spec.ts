import { describe, expect, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { later, messageEvent, messageOwner } from './message.builders.js';
import type { MessageCommand } from './message.commands.js';
import { messageDecider } from './message.decider.js';
import { usableUpload } from './outbox/sendable.rules.js';

const given = givenEvents(messageDecider);
const { messageId } = messageOwner;
const uploaded = messageEvent('MediaUploaded');
const { upload } = uploaded.data;
const record: MessageCommand = { type: 'RecordMediaUploaded', data: { messageId, upload, at: later } };
const cancel: MessageCommand = { type: 'RecordMessageCanceled', data: { messageId, at: later } };

describe('the file of a message', () => {
  it('is recorded as uploaded while the message is to be sent', () => {
    given([messageEvent('MessageQueued')])
      .when(record)
      .then([uploaded]);
    given([messageEvent('MessageQueued'), messageEvent('MessageCanceled')])
      .when(record)
      .then([]);
    given([messageEvent('MessageQueued'), messageEvent('MessageSent')])
      .when(record)
      .then([]);
    given([]).when(record).then([]);
  });

  it('that is uploaded is on no phone: the message can still be canceled', () => {
    given([messageEvent('MessageQueued'), uploaded])
      .when(cancel)
      .then([messageEvent('MessageCanceled')]);
  });

  it('is uploaded again where that was long ago', () => {
    const at = (day: string) => `2026-01-${day}T00:00:00.000Z`;
    const known = { ...upload, uploadedAt: at('01') };
    expect(usableUpload(known, at('07'))).toBe(known);
    expect(usableUpload(known, at('09'))).toBeNull();
    expect(usableUpload(null, at('01'))).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import { eventCodec, react, type Recorded, type Undecoded } from '#lib/event-sourcing';
import { at, messageEvent, messageOwner } from '../message.builders.js';
import { messageEvents, type MessageEvent } from '../message.contract.js';
import { givenBackSaga } from './given-back.saga.js';

const { userId, messageId } = messageOwner;
const recorded = (event: MessageEvent) => ({ ...event, position: 7 }) as unknown as Recorded;

describe('what is given back to the quota', () => {
  it('is what certainly never left', () => {
    const command = { type: 'GiveBackQuota', data: { userId, messageId, at, position: 7 } };
    expect(react(givenBackSaga, recorded(messageEvent('MessageCanceled')))).toEqual([command]);
    expect(react(givenBackSaga, recorded(messageEvent('MessageFailed')))).toEqual([command]);
    expect(react(givenBackSaga, recorded(messageEvent('MessageFailed', { givesBack: null })))).toEqual([]);
  });

  it('is nothing for messages whose events do not say so yet', async () => {
    const { givesBack: _absent, ...data } = messageEvent('MessageCanceled').data;
    const metadata = { correlationId: 'c', causationId: 'c', actor: { kind: 'system', id: 'x' }, schemaVersion: 1 };
    const stored = { type: 'MessageCanceled', data, metadata, position: 1 } as unknown as Undecoded;
    const [event] = await eventCodec([messageEvents]).decode([stored]);
    expect(event?.data).toMatchObject({ givesBack: null });
  });
});

import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import { later, messageEvent, messageOwner } from './message.builders.js';
import type { MessageCommand } from './message.commands.js';
import { messageDecider } from './message.decider.js';

const given = givenEvents(messageDecider);
const { messageId } = messageOwner;
const hold: MessageCommand = {
  type: 'HoldMessage',
  data: { messageId, why: 'restored', detail: 'It waits.', at: later },
};

describe('a message in a restored copy', () => {
  it('says that it waits, also where it may have left before the backup', () => {
    const waits = messageEvent('MessageHeld', { why: 'restored', mayHaveLeft: true });
    const attempted = [messageEvent('MessageQueued'), messageEvent('MessageAttempted')];
    given(attempted).when(hold).then([waits]);
    given([...attempted, waits])
      .when(hold)
      .then([]);
  });
});

import { projection } from '#lib/event-sourcing';
import { collection, put, removeAll } from '#lib/read-models';
import { erasureEvents, type ErasureEvent } from '../erasure.contract.js';
import { messageEvents, type MessageEvent } from '../message.contract.js';

/** A chat with a person who had not written when they were first written to. */
type NewContact = {
  readonly id: string;
  readonly userId: string;
  readonly sessionId: string;
  /** ISO 8601. */
  readonly at: string;
};

export const newContacts = collection<NewContact>({
  name: 'new-contacts',
  version: 2,
  indexes: [['sessionId', 'at'], ['userId']],
  owners: ['userId'],
});

export const newContactsProjection = projection<MessageEvent | ErasureEvent, NewContact>({
  into: newContacts,
  from: [messageEvents, erasureEvents],
  on: {
    MessageAttempted: ({ data: { chatId, userId, sessionId, attemptedAt, newContact } }) =>
      newContact ? put(chatId, { id: chatId, userId, sessionId, at: attemptedAt }) : [],
    UserMessagesErased: ({ data: { userId } }) => removeAll('userId', userId),
  },
});

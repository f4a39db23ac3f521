import { projection } from '#lib/event-sourcing';
import { collection, put, remove, removeAll } from '#lib/read-models';
import { sessionEvents, type SessionEvent } from '../../sessions/session.contract.js';
import { erasureEvents, type ErasureEvent } from '../erasure.contract.js';
import { messageEvents, type MessageEvent, type MessageEventData } from '../message.contract.js';

export type MarkDocument = MessageEventData<'MessageMarked'> & { readonly position: number };

/** The marks of received messages that WhatsApp is still to be told of. */
export const marks = collection<MarkDocument>({
  name: 'unreported-marks',
  version: 3,
  indexes: [['sessionId', 'account', 'position'], ['userId']],
  owners: ['userId', 'sessionId'],
});

const idOf = ({ messageId, as }: Pick<MarkDocument, 'messageId' | 'as'>): string => `${messageId} ${as}`;

export const marksProjection = projection<MessageEvent | SessionEvent | ErasureEvent, MarkDocument>({
  into: marks,
  from: [messageEvents, sessionEvents, erasureEvents],
  on: {
    MessageMarked: ({ data, position }) => (data.hidden ? [] : put(idOf(data), { ...data, position })),
    MarkReported: ({ data }) => remove(idOf(data)),
    SessionDeleted: ({ data }) => removeAll('sessionId', data.sessionId),
    UserMessagesErased: ({ data }) => removeAll('userId', data.userId),
  },
});

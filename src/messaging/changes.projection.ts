import { projection } from '#lib/event-sourcing';
import { collection, patch, put, removeAll, type Write } from '#lib/read-models';
import { erasureEvents, type ErasureEvent } from './erasure.contract.js';
import { messageEvents, type MessageEvent, type MessageEventData } from './message.contract.js';

/** A change that was requested here. */
export type ChangeDocument = {
  /** The WhatsApp id of the change. */
  readonly id: string;
  readonly messageId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly chatId: string;
  /** The phone number (E.164) of the account that it is sent from. */
  readonly account: string;
  readonly keyId: string | null;
  readonly isPending: boolean;
  /** Where it was requested in the log: changes and messages are sent in this order. */
  readonly position: number;
};

/** The changes that were requested here: which are still to be sent, and of which message one is that a phone asks for again. */
export const changes = collection<ChangeDocument>({
  name: 'message-changes',
  version: 2,
  indexes: [
    ['isPending', 'position'],
    ['sessionId', 'isPending'],
    ['keyId', 'isPending'],
    ['userId', 'isPending'],
  ],
  owners: ['userId'],
});

const added = (data: MessageEventData<'MessageRevocationRequested'>, position: number): Write => {
  const { changeId, messageId, userId, sessionId, chatId, account, keyId } = data;
  const owner = { messageId, userId, sessionId, chatId };
  return put(changeId, { id: changeId, ...owner, account, keyId, isPending: true, position });
};

/** Changes that were made on a phone are not in the view: of those, this writes nothing. */
const settled = ({ data: { changeId } }: { readonly data: { readonly changeId: string } }): Write =>
  patch(changeId, { isPending: false });

export const changesProjection = projection<MessageEvent | ErasureEvent, ChangeDocument>({
  into: changes,
  from: [messageEvents, erasureEvents],
  on: {
    MessageEditRequested: ({ data, position }) => added(data, position),
    MessageRevocationRequested: ({ data, position }) => added(data, position),
    MessageEdited: settled,
    MessageRevoked: settled,
    MessageChangeFailed: settled,
    UserMessagesErased: ({ data }) => removeAll('userId', data.userId),
  },
});

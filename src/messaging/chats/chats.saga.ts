import { saga } from '#lib/event-sourcing';
import { sessionEvents, type SessionEvent } from '../../sessions/session.contract.js';
import type { TellChatMarks } from './chat.commands.js';
import { chatEvents, type ChatEvent } from './chat.contract.js';

type Done = { readonly sessionId: string; readonly via: 'api' | 'phone' };

const told = ({ data: { sessionId, via } }: { readonly data: Done }): readonly TellChatMarks[] =>
  via === 'api' ? [{ type: 'TellChatMarks', data: { sessionId } }] : [];

/** The account's other devices are told what was done with a chat here, at once or when the session is back. */
export const chatMarksSaga = saga<ChatEvent | SessionEvent, TellChatMarks>({
  name: 'told-chat-marks',
  // What is older is told when the session connects.
  startFrom: 'now',
  from: [chatEvents, sessionEvents],
  keyOf: ({ data }) => data.sessionId,
  on: {
    ChatArchived: told,
    ChatUnarchived: told,
    ChatMarkedUnread: told,
    ChatUnreadMarkRemoved: told,
    SessionConnected: ({ data: { sessionId } }) => [{ type: 'TellChatMarks', data: { sessionId } }],
  },
});

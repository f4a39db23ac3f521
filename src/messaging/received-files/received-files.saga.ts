import { saga, type OfType } from '#lib/event-sourcing';
import { sessionEvents, type SessionEvent } from '../../sessions/session.contract.js';
import type { EndDownloads, FetchFile, FetchPendingFiles } from '../message.commands.js';
import { messageEvents, type MessageEvent } from '../message.contract.js';
import { hasFile } from './received-file.rules.js';

const fetched = ({
  data: { messageId, sessionId, content },
}: OfType<MessageEvent, 'MessageReceived' | 'MessageRecovered'>): readonly FetchFile[] =>
  hasFile(content) ? [{ type: 'FetchFile', data: { messageId, sessionId } }] : [];

/**
 * Files that came with a message are fetched, and those that were left for later once a session is to fetch all. Those of a deleted session are
 * not waited for any longer.
 */
export const receivedFilesSaga = saga<MessageEvent | SessionEvent, FetchFile | FetchPendingFiles | EndDownloads>({
  name: 'received-files',
  // A message must not stay without its file. Repeating is harmless: what was fetched is found.
  startFrom: 'beginning',
  from: [messageEvents, sessionEvents],
  on: {
    MessageReceived: (event) => (event.data.history ? [] : fetched(event)),
    MessageRecovered: fetched,
    SessionConfigured: ({ data: { sessionId, settings } }) =>
      settings.downloadMedia === 'always' ? [{ type: 'FetchPendingFiles', data: { sessionId } }] : [],
    SessionDeleted: ({ data: { sessionId } }) => [{ type: 'EndDownloads', data: { sessionId } }],
  },
});

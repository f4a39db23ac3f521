import { saga } from '#lib/event-sourcing';
import type { FetchFile } from '../message.commands.js';
import { messageEvents, type MessageEvent } from '../message.contract.js';
import { hasFile } from './received-file.rules.js';

/** Files that came with a message are fetched. */
export const receivedFilesSaga = saga<MessageEvent, FetchFile>({
  name: 'received-files',
  // A message must not stay without its file. Repeating is harmless: what was fetched is found.
  startFrom: 'beginning',
  from: [messageEvents],
  on: {
    MessageReceived: ({ data: { messageId, content } }) =>
      hasFile(content) ? [{ type: 'FetchFile', data: { messageId } }] : [],
    MessageRecovered: ({ data: { messageId, content } }) =>
      hasFile(content) ? [{ type: 'FetchFile', data: { messageId } }] : [],
  },
});

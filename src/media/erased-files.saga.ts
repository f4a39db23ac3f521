import { saga } from '#lib/event-sourcing';
import { erasureEvents, type ErasureEvent } from '../messaging/erasure.contract.js';
import type { EraseFiles } from './media.commands.js';

/** The files of a deleted user go when their messages do: nothing sends or receives for them any more. */
export const erasedFilesSaga = saga<ErasureEvent, EraseFiles>({
  name: 'erased-files',
  // No file of a deleted user may stay. Repeating is harmless: the second time finds none.
  startFrom: 'beginning',
  from: [erasureEvents],
  on: { UserMessagesErased: ({ data: { userId } }) => [{ type: 'EraseFiles', data: { userId } }] },
});

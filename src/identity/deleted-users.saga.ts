import { saga } from '#lib/event-sourcing';
import type { RevokeKeysOfUser } from './api-key.commands.js';
import { userEvents, type UserEvent } from './user.contract.js';

/** Nothing is kept that a deleted user had, but for the log. */
export const deletedUsersSaga = saga<UserEvent, RevokeKeysOfUser>({
  name: 'deleted-users',
  // No key may be left. Repeating is harmless: a second search finds nothing.
  startFrom: 'beginning',
  from: [userEvents],
  on: {
    UserDeleted: ({ data: { userId, deletedAt } }) => [{ type: 'RevokeKeysOfUser', data: { userId, at: deletedAt } }],
  },
});

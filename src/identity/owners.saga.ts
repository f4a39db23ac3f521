import { saga } from '#lib/event-sourcing';
import { adminEvents, type AdminEvent } from './admin.contract.js';
import type { OwnersCommand } from './owners.commands.js';

const add = (adminId: string, at: string): readonly OwnersCommand[] => [{ type: 'AddOwner', data: { adminId, at } }];

/** Counts every owner, also one whose creation was interrupted. */
export const ownersSaga = saga<AdminEvent, OwnersCommand>({
  name: 'owners',
  // No owner may be missing from the count. Repeating is harmless: the decider ignores additions older than a removal.
  startFrom: 'beginning',
  from: [adminEvents],
  on: {
    AdminCreated: ({ data: { adminId, role, createdAt } }) => (role === 'owner' ? add(adminId, createdAt) : []),
    AdminRoleChanged: ({ data: { adminId, role, changedAt } }) => (role === 'owner' ? add(adminId, changedAt) : []),
  },
});

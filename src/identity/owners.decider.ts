import { decider, DomainError } from '#lib/event-sourcing';
import { ownersEvents, type OwnersEvent } from './owners.contract.js';
import type { OwnersCommand } from './owners.commands.js';

export type Owners = {
  readonly owners: readonly string[];
  /** When admins were removed, by id. */
  readonly removed: { readonly [adminId: string]: string };
};

export const ownersDecider = decider<OwnersCommand, OwnersEvent, Owners>({
  events: ownersEvents,
  idOf: () => 'all',
  initialState: { owners: [], removed: {} },

  decide: {
    AddOwner: ({ adminId, at }, { owners, removed }) => {
      const isStale = (removed[adminId] ?? '') >= at;
      return owners.includes(adminId) || isStale ? [] : [{ type: 'OwnerAdded', data: { adminId, addedAt: at } }];
    },
    RemoveOwner: ({ adminId, at }, { owners }) => {
      if (!owners.includes(adminId)) return [];
      if (owners.length === 1) {
        throw new DomainError(
          'refused',
          'last_owner',
          'The last owner cannot be removed: make another admin an owner first',
        );
      }
      return [{ type: 'OwnerRemoved', data: { adminId, removedAt: at } }];
    },
  },

  evolve: {
    OwnerAdded: ({ owners, removed }, { adminId }) => ({ owners: [...owners, adminId], removed }),
    OwnerRemoved: ({ owners, removed }, { adminId, removedAt }) => ({
      owners: owners.filter((owner) => owner !== adminId),
      removed: { ...removed, [adminId]: removedAt },
    }),
  },
});

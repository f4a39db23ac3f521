import { decider } from '#lib/event-sourcing';
import type { GroupCommand } from './group.commands.js';
import {
  groupEvents,
  type GroupEvent,
  type GroupFacts,
  type GroupOwner,
  type GroupParticipant,
} from './group.contract.js';
import { isSameFacts, participantChanges, withChanges } from './group.rules.js';

/** A group as it was last recorded; null before that. */
export type GroupState = {
  readonly owner: GroupOwner;
  readonly joined: boolean;
  readonly facts: GroupFacts;
  readonly participants: readonly GroupParticipant[];
} | null;

export const groupDecider = decider<GroupCommand, GroupEvent, GroupState>({
  events: groupEvents,
  idOf: ({ data }) => data.groupId,
  initialState: null,

  decide: {
    RecordGroup: ({ createdAt, createdBy, participants, by, at, subject, description, settings, ...owner }, state) => {
      const facts = { subject, description, settings };
      if (!state?.joined) {
        const data = { ...owner, ...facts, createdAt, createdBy, participants, by, joinedAt: at };
        return [{ type: 'GroupJoined', data }];
      }
      const changes = participantChanges(state.participants, participants);
      const isSamePeople = Object.values(changes).every((people) => people.length === 0);
      return [
        ...(isSameFacts(state.facts, facts)
          ? []
          : [{ type: 'GroupUpdated' as const, data: { ...owner, ...facts, by, updatedAt: at } }]),
        ...(isSamePeople
          ? []
          : [{ type: 'GroupParticipantsChanged' as const, data: { ...owner, ...changes, by, changedAt: at } }]),
      ];
    },
    RecordGroupLeft: ({ by, at }, state) =>
      state?.joined ? [{ type: 'GroupLeft', data: { ...state.owner, by, leftAt: at } }] : [],
  },

  evolve: {
    GroupJoined: (
      _before,
      { groupId, userId, sessionId, account, chat, subject, description, settings, participants },
    ) => ({
      owner: { groupId, userId, sessionId, account, chat },
      joined: true,
      facts: { subject, description, settings },
      participants,
    }),
    GroupUpdated: (state, { subject, description, settings }) =>
      state && { ...state, facts: { subject, description, settings } },
    GroupParticipantsChanged: (state, changes) =>
      state && { ...state, participants: withChanges(state.participants, changes) },
    GroupLeft: (state) => state && { ...state, joined: false, participants: [] },
  },
});

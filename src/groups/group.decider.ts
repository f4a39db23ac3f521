import { decider } from '#lib/event-sourcing';
import type { GroupCommand } from './group.commands.js';
import {
  groupEvents,
  type GroupEvent,
  type GroupFacts,
  type GroupOwner,
  type GroupParticipant,
  type GroupPerson,
} from './group.contract.js';
import { isSameFacts, participantChanges, withChanges } from './group.rules.js';

/** A group as it was last recorded; null before that. */
export type GroupState = {
  readonly owner: GroupOwner;
  readonly joined: boolean;
  readonly facts: GroupFacts;
  readonly participants: readonly GroupParticipant[];
  /** The last of those who asked to join. */
  readonly requests: readonly JoinRequest[];
} | null;

type JoinRequest = { readonly person: GroupPerson; readonly askedAt: string };

const maxRequests = 100;

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
    RecordJoinRequest: ({ groupId: _groupId, person, askedAt, at }, state) => {
      const isNew = state?.joined && !state.requests.some((each) => isSameRequest(each, { person, askedAt }));
      return isNew ? [{ type: 'GroupJoinRequested', data: { ...state.owner, person, askedAt, requestedAt: at } }] : [];
    },
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
      requests: [],
    }),
    GroupUpdated: (state, { subject, description, settings }) =>
      state && { ...state, facts: { subject, description, settings } },
    GroupParticipantsChanged: (state, changes) =>
      state && { ...state, participants: withChanges(state.participants, changes) },
    GroupJoinRequested: (state, { person, askedAt }) =>
      state && { ...state, requests: [...state.requests.slice(1 - maxRequests), { person, askedAt }] },
    GroupLeft: (state) => state && { ...state, joined: false, participants: [] },
  },
});

const isSameRequest = (one: JoinRequest, other: JoinRequest): boolean =>
  one.askedAt === other.askedAt &&
  one.person.lid === other.person.lid &&
  one.person.phoneNumber === other.person.phoneNumber;

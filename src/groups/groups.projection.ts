import { projection } from '#lib/event-sourcing';
import { collection, patch, put, remove, removeAll, type Write } from '#lib/read-models';
import { userEvents, type UserEvent } from '../identity/user.contract.js';
import { sessionEvents, type SessionEvent } from '../sessions/session.contract.js';
import {
  groupEvents,
  type GroupEvent,
  type GroupOwner,
  type GroupParticipant,
  type GroupView,
} from './group.contract.js';
import { participantIdOf } from './group.rules.js';

/** The groups that sessions are or were in. */
export const groups = collection<GroupView>({
  name: 'groups',
  version: 2,
  indexes: [['userId', 'joined'], ['sessionId'], ['userId']],
  search: ['subject'],
  searchWithin: 'userId',
  owners: ['userId', 'sessionId'],
});

export const groupsProjection = projection<GroupEvent | SessionEvent | UserEvent, GroupView>({
  into: groups,
  from: [groupEvents, sessionEvents, userEvents],
  on: {
    GroupJoined: ({ data: { groupId: id, participants: _participants, by: _by, ...group } }) =>
      put(id, { id, ...group, joined: true, leftAt: null, updatedAt: group.joinedAt }),
    GroupUpdated: ({ data: { groupId, subject, description, settings, updatedAt } }) =>
      patch(groupId, { subject, description, settings, updatedAt }),
    GroupParticipantsChanged: ({ data: { groupId, changedAt } }) => patch(groupId, { updatedAt: changedAt }),
    GroupLeft: ({ data: { groupId, leftAt } }) => patch(groupId, { joined: false, leftAt, updatedAt: leftAt }),
    SessionDeleted: ({ data: { sessionId } }) => removeAll('sessionId', sessionId),
    UserDeleted: ({ data: { userId } }) => removeAll('userId', userId),
  },
});

export const groupDocuments = { view: groups, projection: groupsProjection, stream: groupEvents };

export type ParticipantDocument = GroupParticipant & {
  readonly id: string;
  readonly groupId: string;
  readonly userId: string;
  readonly sessionId: string;
};

/** Who is in these groups. A document each: a group has a thousand. */
export const groupParticipants = collection<ParticipantDocument>({
  name: 'group-participants',
  version: 2,
  indexes: [['groupId'], ['sessionId'], ['userId']],
  owners: ['userId', 'sessionId'],
});

const present = (owner: GroupOwner, people: readonly GroupParticipant[]): readonly Write[] =>
  people.map((person) => {
    const { groupId, userId, sessionId } = owner;
    const id = participantIdOf(groupId, person);
    return put(id, { id, groupId, userId, sessionId, ...person });
  });

export const groupParticipantsProjection = projection<GroupEvent | SessionEvent | UserEvent, ParticipantDocument>({
  into: groupParticipants,
  from: [groupEvents, sessionEvents, userEvents],
  on: {
    GroupJoined: ({ data }) => [removeAll('groupId', data.groupId), ...present(data, data.participants)],
    GroupParticipantsChanged: ({ data }) => [
      ...data.removed.map((person) => remove(participantIdOf(data.groupId, person))),
      ...present(data, [...data.added, ...data.changed]),
    ],
    GroupLeft: ({ data: { groupId } }) => removeAll('groupId', groupId),
    SessionDeleted: ({ data: { sessionId } }) => removeAll('sessionId', sessionId),
    UserDeleted: ({ data: { userId } }) => removeAll('userId', userId),
  },
});

import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { RecordGroup } from './group.commands.js';
import type { GroupEvent, GroupParticipant } from './group.contract.js';
import { groupDecider } from './group.decider.js';

const at = '2026-01-02T03:04:05.600Z';
const owner = {
  groupId: '0199aaaa-0000-8000-8000-000000000001',
  userId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: '0199aaaa-0000-7000-8000-000000000003',
  account: '+491701234567',
  chat: '120363041234567890@g.us',
};
const facts = {
  subject: 'Walkers',
  description: null,
  settings: { announce: false, locked: false, approval: false, ephemeralSeconds: 0 },
};
const person = (name: string, role: GroupParticipant['role'] = 'member'): GroupParticipant => ({
  phoneNumber: null,
  lid: `${name}@lid`,
  role,
});
const [ada, bob, carol] = [person('1', 'owner'), person('2'), person('3')];
const by = { phoneNumber: '+15550001111', lid: '2@lid' };
const made = { createdAt: at, createdBy: by };

const joined: GroupEvent = {
  type: 'GroupJoined',
  data: { ...owner, ...facts, ...made, participants: [ada, bob], by, joinedAt: at },
};
const left: GroupEvent = { type: 'GroupLeft', data: { ...owner, by: null, leftAt: at } };
const record = (changed: Partial<RecordGroup['data']> = {}): RecordGroup => ({
  type: 'RecordGroup',
  data: { ...owner, ...facts, ...made, participants: [ada, bob], by, at, ...changed },
});
const given = givenEvents(groupDecider);

describe('a group', () => {
  it('is joined, and what is known of it changes nothing', () => {
    given([]).when(record()).then([joined]);
    given([joined]).when(record()).then([]);
    given([joined])
      .when(record({ participants: [bob, ada] }))
      .then([]);
    given([joined])
      .when(record({ by: null }))
      .then([]);
  });

  it('is updated where its subject, description or a setting is another one', () => {
    const renamed: GroupEvent = {
      type: 'GroupUpdated',
      data: { ...owner, ...facts, subject: 'Runners', by, updatedAt: at },
    };
    given([joined])
      .when(record({ subject: 'Runners' }))
      .then([renamed]);
    given([joined, renamed])
      .when(record({ subject: 'Runners' }))
      .then([]);
    const settings = { ...facts.settings, announce: true };
    given([joined])
      .when(record({ settings, description: 'At seven' }))
      .then([
        { type: 'GroupUpdated', data: { ...owner, ...facts, settings, description: 'At seven', by, updatedAt: at } },
      ]);
  });

  it('says who came, who went, and whose role or address is another one', () => {
    const changed: GroupEvent = {
      type: 'GroupParticipantsChanged',
      data: { ...owner, added: [carol], removed: [bob], changed: [], by, changedAt: at },
    };
    given([joined])
      .when(record({ participants: [ada, carol] }))
      .then([changed]);
    given([joined, changed])
      .when(record({ participants: [carol, ada] }))
      .then([]);
    const known = { ...bob, phoneNumber: '+15550001111', role: 'admin' as const };
    given([joined])
      .when(record({ participants: [ada, known] }))
      .then([
        {
          type: 'GroupParticipantsChanged',
          data: { ...owner, added: [], removed: [], changed: [known], by, changedAt: at },
        },
      ]);
  });

  it('is left once, and joined again as it is then', () => {
    const leave = { type: 'RecordGroupLeft', data: { groupId: owner.groupId, by: null, at } } as const;
    given([]).when(leave).then([]);
    given([joined]).when(leave).then([left]);
    given([joined, left]).when(leave).then([]);
    given([joined, left]).when(record()).then([joined]);
  });

  it('is asked for by somebody who wants to join: each time once', () => {
    const { role: _role, ...asking } = carol;
    const ask = (askedAt: string) =>
      ({ type: 'RecordJoinRequest', data: { groupId: owner.groupId, person: asking, askedAt, at } }) as const;
    const asked = (askedAt: string): GroupEvent => ({
      type: 'GroupJoinRequested',
      data: { ...owner, person: asking, askedAt, requestedAt: at },
    });
    const later = '2026-01-03T00:00:00.000Z';
    given([joined])
      .when(ask(at))
      .then([asked(at)]);
    given([joined, asked(at)])
      .when(ask(at))
      .then([]);
    given([joined, asked(at)])
      .when(ask(later))
      .then([asked(later)]);
    given([joined, left]).when(ask(at)).then([]);
  });
});

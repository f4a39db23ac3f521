import { describe, it } from '@jest/globals';
import { given } from '#lib/event-sourcing/testing';
import type { SlotCommand } from './slots.commands.js';
import type { SlotEvent } from './slots.contract.js';
import { slotsDecider } from './slots.decider.js';

const at = '2026-11-23T10:00:00.000Z';
const [ana, ben] = ['0199a3c4-1f00-7000-8000-000000000001', '0199a3c4-1f00-7000-8000-000000000002'];
const session = (n: number) => `0199a3c4-1f00-7000-8000-00000000005${n}`;
const request = { name: null, pairing: 'qr', phoneNumber: null } as const;

const taken = (n: number, userId = ana): SlotEvent => ({
  type: 'SessionSlotTaken',
  data: { sessionId: session(n), userId, ...request, takenAt: at },
});
const released = (n: number, userId = ana): SlotEvent => ({
  type: 'SessionSlotReleased',
  data: { sessionId: session(n), userId, releasedAt: at },
});
const closed = (sessionIds: readonly string[], userId = ana): SlotEvent => ({
  type: 'UserSlotsClosed',
  data: { userId, sessionIds: [...sessionIds], closedAt: at },
});
const take = (n: number, limits: { userLimit?: number; globalLimit?: number; userId?: string } = {}): SlotCommand => ({
  type: 'TakeSessionSlot',
  data: { sessionId: session(n), userId: ana, ...request, userLimit: 2, globalLimit: 3, at, ...limits },
});
const slots = given(slotsDecider);

describe('session slots', () => {
  it('are given up to the limit of the user', () => {
    slots([])
      .when(take(1))
      .then([taken(1)]);
    slots([taken(1)])
      .when(take(2))
      .then([taken(2)]);
    slots([taken(1), taken(2)])
      .when(take(3))
      .refused('session_limit_reached');
    slots([taken(1, ben), taken(2)])
      .when(take(3))
      .then([taken(3)]);
  });

  it('are given up to the limit of the service', () => {
    slots([taken(1), taken(2, ben), taken(3, ben)])
      .when(take(4))
      .refused('service_full');
  });

  it('are free again once they are released', () => {
    slots([taken(1), taken(2), released(1)])
      .when(take(3))
      .then([taken(3)]);
  });

  it('are taken and released once', () => {
    slots([taken(1), taken(2)])
      .when(take(2))
      .then([]);
    const release: SlotCommand = { type: 'ReleaseSessionSlot', data: { sessionId: session(1), at } };
    slots([taken(1)])
      .when(release)
      .then([released(1)]);
    slots([taken(1, ben)])
      .when(release)
      .then([released(1, ben)]);
    slots([taken(1), released(1)])
      .when(release)
      .then([]);
  });

  it('of a deleted user are closed: the sessions are named to be deleted, and the user gets no new ones', () => {
    const close: SlotCommand = { type: 'CloseUserSlots', data: { userId: ana, at } };
    slots([taken(1), taken(2, ben), taken(3)])
      .when(close)
      .then([closed([session(1), session(3)])]);
    slots([taken(1), closed([session(1)])])
      .when(close)
      .then([]);
    slots([closed([])])
      .when(take(1))
      .refused('user_not_found');
  });

  it('are not given while the user is deactivated, and name the sessions to pause and to resume', () => {
    const data = { userId: ana, sessionIds: [session(1)] };
    const paused: SlotEvent = { type: 'UserSlotsPaused', data: { ...data, pausedAt: at } };
    const resumed: SlotEvent = { type: 'UserSlotsResumed', data: { ...data, resumedAt: at } };
    const command = (type: 'PauseUserSlots' | 'ResumeUserSlots'): SlotCommand => ({ type, data: { userId: ana, at } });
    slots([taken(1), taken(2, ben)])
      .when(command('PauseUserSlots'))
      .then([paused]);
    slots([taken(1), paused])
      .when(command('PauseUserSlots'))
      .then([]);
    slots([taken(1), paused])
      .when(take(2))
      .refused('user_inactive');
    slots([taken(1), paused])
      .when(command('ResumeUserSlots'))
      .then([resumed]);
    slots([taken(1), paused, resumed])
      .when(take(2))
      .then([taken(2)]);
  });
});

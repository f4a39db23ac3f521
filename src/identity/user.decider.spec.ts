import { describe, it } from '@jest/globals';
import { given as givenEvents } from '#lib/event-sourcing/testing';
import type { RegisterUser } from './user.commands.js';
import { defaultLimits, type UserEvent } from './user.contract.js';
import { userDecider } from './user.decider.js';

const given = givenEvents(userDecider);
const userId = '0199aaaa-0000-7000-8000-000000000001';
const at = '2026-01-02T03:04:05.000Z';
const limits = { ...defaultLimits, maxMessagesPerDay: 1000, requestsPerMinute: 60, maxSessions: 2, maxWebhooks: 3 };
const profile = { userId, name: 'Ana', email: 'ana@example.com', emailKey: 'ana' };

const timeZone = 'Europe/Berlin';

const register: RegisterUser = { type: 'RegisterUser', data: { ...profile, limits, timeZone, at } };
const registered: UserEvent = { type: 'UserRegistered', data: { ...profile, limits, timeZone, registeredAt: at } };
const deactivated: UserEvent = { type: 'UserDeactivated', data: { userId, deactivatedAt: at } };
const deleted: UserEvent = { type: 'UserDeleted', data: { userId, emailKey: 'ana', deletedAt: at } };

describe('a user', () => {
  it('is registered once, however often the request arrives', () => {
    given([]).when(register).then([registered]);
    given([registered]).when(register).then([]);
  });

  it('has its own pacing from the start', () => {
    const pacing = { messagesPerMinute: 12 };
    given([])
      .when({ ...register, data: { ...register.data, pacing } })
      .then([registered, { type: 'UserPacingChanged', data: { userId, pacing, changedAt: at } }]);
  });

  it('is not registered over another one with the same id', () => {
    const other: RegisterUser = { ...register, data: { ...register.data, email: 'bo@example.com' } };
    given([registered]).when(other).refused('user_exists');
    given([registered, deleted]).when(register).refused('user_exists');
  });

  it('keeps what a change of the profile leaves out', () => {
    given([registered])
      .when({ type: 'ChangeUserProfile', data: { userId, name: 'Anna', at } })
      .then([{ type: 'UserProfileChanged', data: { ...profile, name: 'Anna', formerEmailKey: 'ana', changedAt: at } }]);
  });

  it('has nothing to record where a change changes nothing', () => {
    given([registered])
      .when({ type: 'ChangeUserProfile', data: { userId, name: 'Ana', at } })
      .then([]);
    given([registered])
      .when({ type: 'ChangeUserLimits', data: { userId, limits: { maxSessions: 2 }, at } })
      .then([]);
    given([registered]).when({ type: 'ActivateUser', data: { userId, at } }).then([]);
    given([registered, deactivated]).when({ type: 'DeactivateUser', data: { userId, at } }).then([]);
  });

  it('has one limit changed while the others stay', () => {
    given([registered])
      .when({ type: 'ChangeUserLimits', data: { userId, limits: { maxSessions: 5 }, at } })
      .then([{ type: 'UserLimitsChanged', data: { userId, limits: { ...limits, maxSessions: 5 }, changedAt: at } }]);
  });

  it('moves to another time zone once', () => {
    const moved: UserEvent = { type: 'UserTimeZoneChanged', data: { userId, timeZone: 'Asia/Tokyo', changedAt: at } };
    const move = (to: string) => ({ type: 'ChangeUserTimeZone', data: { userId, timeZone: to, at } }) as const;
    given([registered]).when(move('Asia/Tokyo')).then([moved]);
    given([registered]).when(move(timeZone)).then([]);
    given([registered, moved]).when(move('Asia/Tokyo')).then([]);
    given([registered, deleted]).when(move('Asia/Tokyo')).refused('user_not_found');
  });

  it('has its pacing replaced, where that changes anything', () => {
    const pacing = { messagesPerMinute: 5, quietHours: { from: '22:00', to: '08:00' } };
    const changed = { type: 'UserPacingChanged', data: { userId, pacing, changedAt: at } } as const;
    const change = { type: 'ChangeUserPacing', data: { userId, pacing, at } } as const;
    given([registered]).when(change).then([changed]);
    given([registered, changed]).when(change).then([]);
    const nothing = { ...change, data: { ...change.data, pacing: {} } };
    given([registered]).when(nothing).then([]);
    given([registered, changed])
      .when(nothing)
      .then([{ ...changed, data: { ...changed.data, pacing: {} } }]);
  });

  it('is deactivated and activated again', () => {
    given([registered]).when({ type: 'DeactivateUser', data: { userId, at } }).then([deactivated]);
    given([registered, deactivated])
      .when({ type: 'ActivateUser', data: { userId, at } })
      .then([{ type: 'UserActivated', data: { userId, activatedAt: at } }]);
  });

  it('stays inactive when its profile or limits change', () => {
    const changed: UserEvent = {
      type: 'UserProfileChanged',
      data: { ...profile, name: 'Anna', formerEmailKey: 'ana', changedAt: at },
    };
    given([registered, deactivated, changed]).when({ type: 'DeactivateUser', data: { userId, at } }).then([]);
  });

  it('is deleted once and for good', () => {
    given([registered]).when({ type: 'DeleteUser', data: { userId, at } }).then([deleted]);
    given([registered, deleted]).when({ type: 'DeleteUser', data: { userId, at } }).then([]);
    given([registered, deleted]).when({ type: 'ActivateUser', data: { userId, at } }).refused('user_not_found');
  });

  it('must be there to be changed', () => {
    given([])
      .when({ type: 'ChangeUserProfile', data: { userId, name: 'Anna', at } })
      .refused('user_not_found');
    given([])
      .when({ type: 'ChangeUserLimits', data: { userId, limits: {}, at } })
      .refused('user_not_found');
    given([]).when({ type: 'DeactivateUser', data: { userId, at } }).refused('user_not_found');
    given([]).when({ type: 'DeleteUser', data: { userId, at } }).refused('user_not_found');
  });
});

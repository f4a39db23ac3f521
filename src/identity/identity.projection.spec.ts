import { describe, expect, it } from '@jest/globals';
import { project, type Event, type Projection, type Recorded } from '#lib/event-sourcing';
import { applyWrite, type Fields } from '#lib/read-models';
import type { AdminEvent } from './admin.contract.js';
import { adminsProjection } from './admins.projection.js';
import { defaultLimits, type UserEvent } from './user.contract.js';
import { usersProjection } from './users.projection.js';

const at = '2026-01-02T03:04:05.000Z';
const later = '2026-01-03T00:00:00.000Z';

/** What a view holds after these events. */
const viewAfter = (projection: Projection, events: readonly Event[]): ReadonlyMap<string, Fields> => {
  const documents = new Map<string, Fields>();
  for (const write of events.flatMap((event) => project(projection, event as Recorded))) {
    if (!('id' in write)) throw new Error('These views change one document at a time');
    const doc = applyWrite(documents.get(write.id), write);
    if (doc) documents.set(write.id, doc);
    else documents.delete(write.id);
  }
  return documents;
};

describe('the users view', () => {
  const userId = '0199aaaa-0000-7000-8000-000000000001';
  const limits = { ...defaultLimits, maxMessagesPerDay: 1000, requestsPerMinute: 60, maxSessions: 2, maxWebhooks: 3 };
  const registered: UserEvent = {
    type: 'UserRegistered',
    data: { userId, name: 'Ana', email: 'ana@example.com', emailKey: 'ana', limits, timeZone: 'UTC', registeredAt: at },
  };
  const events: readonly UserEvent[] = [
    registered,
    {
      type: 'UserProfileChanged',
      data: { userId, name: 'Anna', email: 'anna@example.com', emailKey: 'anna', formerEmailKey: 'ana', changedAt: at },
    },
    { type: 'UserLimitsChanged', data: { userId, limits: { ...limits, maxSessions: 9 }, changedAt: at } },
    { type: 'UserTimeZoneChanged', data: { userId, timeZone: 'Europe/Berlin', changedAt: at } },
    { type: 'UserDeactivated', data: { userId, deactivatedAt: later } },
  ];

  it('shows a user as the last events left it', () => {
    expect(viewAfter(usersProjection, events).get(userId)).toEqual({
      id: userId,
      name: 'Anna',
      email: 'anna@example.com',
      status: 'inactive',
      pacing: {},
      limits: { ...limits, maxSessions: 9 },
      timeZone: 'Europe/Berlin',
      createdAt: at,
      updatedAt: later,
    });
  });

  it('shows no deleted user, whatever comes after', () => {
    const deleted: UserEvent = { type: 'UserDeleted', data: { userId, emailKey: 'anna', deletedAt: at } };
    const activated: UserEvent = { type: 'UserActivated', data: { userId, activatedAt: at } };
    expect(viewAfter(usersProjection, [...events, deleted, activated])).toEqual(new Map());
  });
});

describe('the admins view', () => {
  const adminId = '0199aaaa-0000-7000-8000-000000000002';
  const created: AdminEvent = {
    type: 'AdminCreated',
    data: { adminId, email: 'root@example.com', emailKey: 'root', role: 'admin', createdAt: at },
  };

  it('shows an admin as the last events left it', () => {
    const events: readonly AdminEvent[] = [
      created,
      { type: 'AdminRoleChanged', data: { adminId, role: 'owner', changedAt: at } },
      { type: 'AdminPasswordChanged', data: { adminId, changedAt: later } },
      { type: 'AdminLoggedIn', data: { adminId, loggedInAt: later } },
      { type: 'AdminLoggedOut', data: { adminId, loggedOutAt: later } },
    ];
    expect(viewAfter(adminsProjection, events).get(adminId)).toEqual({
      id: adminId,
      email: 'root@example.com',
      role: 'owner',
      lastLoginAt: later,
      createdAt: at,
      updatedAt: later,
    });
  });

  it('shows no disabled admin', () => {
    const disabled: AdminEvent = { type: 'AdminDisabled', data: { adminId, emailKey: 'root', disabledAt: at } };
    expect(viewAfter(adminsProjection, [created, disabled])).toEqual(new Map());
  });
});

import { projection } from '#lib/event-sourcing';
import { collection, patch, put, remove } from '#lib/read-models';
import { userEvents, type UserEvent, type UserView } from './user.contract.js';

/** Every user that was not deleted. */
export const users = collection<UserView>({
  name: 'users',
  version: 3,
  indexes: [['email'], ['status']],
  search: ['name', 'email'],
});

export const usersProjection = projection<UserEvent, UserView>({
  into: users,
  from: [userEvents],
  on: {
    UserRegistered: ({ data: { userId, name, email, limits, timeZone, registeredAt } }) =>
      put(userId, {
        id: userId,
        name,
        email,
        status: 'active',
        limits,
        timeZone,
        pacing: {},
        createdAt: registeredAt,
        updatedAt: registeredAt,
      } satisfies UserView),
    UserProfileChanged: ({ data: { userId, name, email, changedAt } }) =>
      patch(userId, { name, email, updatedAt: changedAt }),
    UserLimitsChanged: ({ data: { userId, limits, changedAt } }) => patch(userId, { limits, updatedAt: changedAt }),
    UserTimeZoneChanged: ({ data: { userId, timeZone, changedAt } }) =>
      patch(userId, { timeZone, updatedAt: changedAt }),
    UserPacingChanged: ({ data: { userId, pacing, changedAt } }) => patch(userId, { pacing, updatedAt: changedAt }),
    UserRetentionChanged: ({ data: { userId, retentionDays, changedAt } }) =>
      patch(userId, { retentionDays, updatedAt: changedAt }),
    UserActivated: ({ data: { userId, activatedAt } }) => patch(userId, { status: 'active', updatedAt: activatedAt }),
    UserDeactivated: ({ data: { userId, deactivatedAt } }) =>
      patch(userId, { status: 'inactive', updatedAt: deactivatedAt }),
    UserDeleted: ({ data: { userId } }) => remove(userId),
  },
});

export const userDocuments = { view: users, projection: usersProjection, stream: userEvents };

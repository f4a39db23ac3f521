import { decider, DomainError } from '#lib/event-sourcing';
import { pacingText, type PacingSettings } from './pacing.contract.js';
import { userEvents, type UserEvent, type UserLimits } from './user.contract.js';
import type { UserCommand } from './user.commands.js';

type Known = {
  readonly name: string;
  readonly email: string;
  readonly emailKey: string;
  readonly limits: UserLimits;
  readonly timeZone: string;
  readonly pacing: PacingSettings;
  readonly retentionDays: number | null;
};

export type User =
  { readonly status: 'none' } | (Known & { readonly status: 'active' | 'inactive' }) | { readonly status: 'deleted' };

export const userDecider = decider<UserCommand, UserEvent, User>({
  events: userEvents,
  idOf: ({ data }) => data.userId,
  initialState: { status: 'none' },

  decide: {
    RegisterUser: ({ pacing, at, ...data }, user) => {
      if (user.status === 'none') {
        const { userId } = data;
        return [
          { type: 'UserRegistered', data: { ...data, registeredAt: at } },
          ...(pacing ? [{ type: 'UserPacingChanged' as const, data: { userId, pacing, changedAt: at } }] : []),
        ];
      }
      const same = user.status !== 'deleted' && user.name === data.name && user.email === data.email;
      if (same) return []; // the same request, delivered again
      throw new DomainError('conflict', 'user_exists', 'A user with this id exists already');
    },
    ChangeUserProfile: ({ userId, at, ...change }, user) => {
      const { name, email, emailKey } = known(user);
      const changed = { name: change.name ?? name, ...(change.email ?? { email, emailKey }) };
      if (changed.name === name && changed.email === email) return [];
      const data = { userId, ...changed, formerEmailKey: emailKey, changedAt: at };
      return [{ type: 'UserProfileChanged', data }];
    },
    ChangeUserLimits: ({ userId, at, limits: change }, user) => {
      const { limits } = known(user);
      const changed = { ...limits, ...change };
      const same = (Object.keys(changed) as (keyof UserLimits)[]).every((limit) => changed[limit] === limits[limit]);
      return same ? [] : [{ type: 'UserLimitsChanged', data: { userId, limits: changed, changedAt: at } }];
    },
    ChangeUserTimeZone: ({ userId, at, timeZone }, user) =>
      known(user).timeZone === timeZone
        ? []
        : [{ type: 'UserTimeZoneChanged', data: { userId, timeZone, changedAt: at } }],
    ChangeUserPacing: ({ userId, at, pacing }, user) =>
      pacingText(pacing) === pacingText(known(user).pacing)
        ? []
        : [{ type: 'UserPacingChanged', data: { userId, pacing, changedAt: at } }],
    ChangeUserRetention: ({ userId, at, retentionDays }, user) =>
      known(user).retentionDays === retentionDays
        ? []
        : [{ type: 'UserRetentionChanged', data: { userId, retentionDays, changedAt: at } }],
    ActivateUser: ({ userId, at }, user) =>
      known(user).status === 'active' ? [] : [{ type: 'UserActivated', data: { userId, activatedAt: at } }],
    DeactivateUser: ({ userId, at }, user) =>
      known(user).status === 'inactive' ? [] : [{ type: 'UserDeactivated', data: { userId, deactivatedAt: at } }],
    DeleteUser: ({ userId, at }, user) => {
      if (user.status === 'deleted') return [];
      return [{ type: 'UserDeleted', data: { userId, emailKey: known(user).emailKey, deletedAt: at } }];
    },
  },

  evolve: {
    UserRegistered: (_none, { name, email, emailKey, limits, timeZone }) => ({
      status: 'active',
      name,
      email,
      emailKey,
      limits,
      timeZone,
      pacing: {},
      retentionDays: null,
    }),
    UserProfileChanged: (user, { name, email, emailKey }) =>
      hasProfile(user) ? { ...user, name, email, emailKey } : user,
    UserLimitsChanged: (user, { limits }) => (hasProfile(user) ? { ...user, limits } : user),
    UserTimeZoneChanged: (user, { timeZone }) => (hasProfile(user) ? { ...user, timeZone } : user),
    UserPacingChanged: (user, { pacing }) => (hasProfile(user) ? { ...user, pacing } : user),
    UserRetentionChanged: (user, { retentionDays }) => (hasProfile(user) ? { ...user, retentionDays } : user),
    UserActivated: (user) => (hasProfile(user) ? { ...user, status: 'active' } : user),
    UserDeactivated: (user) => (hasProfile(user) ? { ...user, status: 'inactive' } : user),
    UserDeleted: () => ({ status: 'deleted' }),
  },
});

const hasProfile = (user: User): user is Extract<User, Known> => user.status === 'active' || user.status === 'inactive';

const known = (user: User): Extract<User, Known> => {
  if (hasProfile(user)) return user;
  throw new DomainError('not_found', 'user_not_found', 'There is no such user');
};

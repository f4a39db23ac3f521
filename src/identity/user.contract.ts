import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();

/** What a user may use up. */
export const UserLimits = z
  .object({
    maxMessagesPerDay: z.int().min(0).max(10_000_000),
    requestsPerMinute: z.int().min(1).max(100_000),
    maxSessions: z.int().min(0).max(10_000),
  })
  .meta({ id: 'UserLimits' });
export type UserLimits = Readonly<z.output<typeof UserLimits>>;

const personal = { subject: 'userId', fields: ['name', 'email'] } as const;

export const userEvents = eventTypes('user', {
  UserRegistered: event(
    z.object({ userId: z.uuid(), name: z.string(), email: z.string(), limits: UserLimits, registeredAt: time }),
    { personal },
  ),
  UserProfileChanged: event(z.object({ userId: z.uuid(), name: z.string(), email: z.string(), changedAt: time }), {
    personal,
  }),
  UserLimitsChanged: event(z.object({ userId: z.uuid(), limits: UserLimits, changedAt: time })),
  UserActivated: event(z.object({ userId: z.uuid(), activatedAt: time })),
  UserDeactivated: event(z.object({ userId: z.uuid(), deactivatedAt: time })),
  UserDeleted: event(z.object({ userId: z.uuid(), deletedAt: time })),
});
export type UserEvent = EventOf<typeof userEvents>;

type For<Data = object> = Data & { readonly userId: string; readonly at: string };

export type RegisterUser = Command<
  'RegisterUser',
  For<{ readonly name: string; readonly email: string; readonly limits: UserLimits }>
>;
/** What is left out stays as it is. */
export type ChangeUserProfile = Command<'ChangeUserProfile', For<{ readonly name?: string; readonly email?: string }>>;
export type ChangeUserLimits = Command<'ChangeUserLimits', For<{ readonly limits: Partial<UserLimits> }>>;
export type ActivateUser = Command<'ActivateUser', For>;
export type DeactivateUser = Command<'DeactivateUser', For>;
/** For good: a deleted user cannot come back, and what was known of the person leaves the views. */
export type DeleteUser = Command<'DeleteUser', For>;

export type UserCommand =
  RegisterUser | ChangeUserProfile | ChangeUserLimits | ActivateUser | DeactivateUser | DeleteUser;

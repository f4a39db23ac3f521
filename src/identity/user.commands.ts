import type { Command } from '#lib/event-sourcing';
import type { PacingSettings } from './pacing.contract.js';
import type { UserLimits } from './user.contract.js';

type For<Data = object> = Data & { readonly userId: string; readonly at: string };

type Email = { readonly email: string; readonly emailKey: string };

/** Comes after `ClaimEmail`. */
export type RegisterUser = Command<
  'RegisterUser',
  For<
    Email & {
      readonly name: string;
      readonly limits: UserLimits;
      readonly timeZone: string;
      readonly pacing?: PacingSettings;
    }
  >
>;
/** Absent fields stay as they are. With a new email address it comes after `ClaimEmail`. */
type ChangeUserProfile = Command<'ChangeUserProfile', For<{ readonly name?: string; readonly email?: Email }>>;
type ChangeUserLimits = Command<'ChangeUserLimits', For<{ readonly limits: Partial<UserLimits> }>>;
type ChangeUserTimeZone = Command<'ChangeUserTimeZone', For<{ readonly timeZone: string }>>;
/** Replaces all of it. */
type ChangeUserPacing = Command<'ChangeUserPacing', For<{ readonly pacing: PacingSettings }>>;
type ChangeUserRetention = Command<'ChangeUserRetention', For<{ readonly retentionDays: number | null }>>;
type ActivateUser = Command<'ActivateUser', For>;
type DeactivateUser = Command<'DeactivateUser', For>;
/** Permanent. What was known about the person leaves the views. */
type DeleteUser = Command<'DeleteUser', For>;

export type UserCommand =
  | RegisterUser
  | ChangeUserProfile
  | ChangeUserLimits
  | ChangeUserTimeZone
  | ChangeUserPacing
  | ChangeUserRetention
  | ActivateUser
  | DeactivateUser
  | DeleteUser;

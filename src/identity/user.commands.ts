import type { Command } from '#lib/event-sourcing';
import type { UserLimits } from './user.contract.js';

type For<Data = object> = Data & { readonly userId: string; readonly at: string };

type Email = { readonly email: string; readonly emailKey: string };

/** The email address is claimed already: see `ClaimEmail`. */
export type RegisterUser = Command<'RegisterUser', For<Email & { readonly name: string; readonly limits: UserLimits }>>;
/** What is left out stays as it is. A new email address is claimed already. */
type ChangeUserProfile = Command<'ChangeUserProfile', For<{ readonly name?: string; readonly email?: Email }>>;
type ChangeUserLimits = Command<'ChangeUserLimits', For<{ readonly limits: Partial<UserLimits> }>>;
type ActivateUser = Command<'ActivateUser', For>;
type DeactivateUser = Command<'DeactivateUser', For>;
/** For good: a deleted user cannot come back, and what was known of the person leaves the views. */
type DeleteUser = Command<'DeleteUser', For>;

export type UserCommand =
  RegisterUser | ChangeUserProfile | ChangeUserLimits | ActivateUser | DeactivateUser | DeleteUser;

import type { Command } from '#lib/event-sourcing';
import type { AdminRole } from './admin.contract.js';

type For<Data = object> = Data & { readonly adminId: string; readonly at: string };

/** The email address is claimed already: see `ClaimEmail`. */
export type CreateAdmin = Command<
  'CreateAdmin',
  For<{ readonly email: string; readonly emailKey: string; readonly role: AdminRole }>
>;
type ChangeAdminRole = Command<'ChangeAdminRole', For<{ readonly role: AdminRole }>>;
/** The new password is in place. */
type RecordAdminPasswordChanged = Command<'RecordAdminPasswordChanged', For>;
/** For good: the admin can log in no more, and is no longer listed. */
type DisableAdmin = Command<'DisableAdmin', For>;
/** The password was right. Refused while the admin is locked out: a right password does not open a locked door. */
type RecordAdminLogin = Command<'RecordAdminLogin', For>;
type RecordAdminLogout = Command<'RecordAdminLogout', For>;
/** The password was wrong. After some in a row the admin is locked out for a while. */
type RecordAdminLoginRejected = Command<'RecordAdminLoginRejected', For>;

export type AdminCommand =
  | CreateAdmin
  | ChangeAdminRole
  | RecordAdminPasswordChanged
  | DisableAdmin
  | RecordAdminLogin
  | RecordAdminLogout
  | RecordAdminLoginRejected;

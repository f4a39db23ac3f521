import type { Command } from '#lib/event-sourcing';
import type { AdminRole } from './admin.contract.js';

type For<Data = object> = Data & { readonly adminId: string; readonly at: string };

/** Comes after `ClaimEmail`. */
export type CreateAdmin = Command<
  'CreateAdmin',
  For<{ readonly email: string; readonly emailKey: string; readonly role: AdminRole }>
>;
type ChangeAdminRole = Command<'ChangeAdminRole', For<{ readonly role: AdminRole }>>;
/** Comes after the new password was stored. */
type RecordAdminPasswordChanged = Command<'RecordAdminPasswordChanged', For>;
/** Permanent: the admin can no longer log in and is no longer listed. */
type DisableAdmin = Command<'DisableAdmin', For>;
/** The password was right. Refused while the admin is locked out. */
type RecordAdminLogin = Command<'RecordAdminLogin', For>;
type RecordAdminLogout = Command<'RecordAdminLogout', For>;
/** The password was wrong. Several in a row lock the admin out for a while. */
type RecordAdminLoginRejected = Command<'RecordAdminLoginRejected', For>;

export type AdminCommand =
  | CreateAdmin
  | ChangeAdminRole
  | RecordAdminPasswordChanged
  | DisableAdmin
  | RecordAdminLogin
  | RecordAdminLogout
  | RecordAdminLoginRejected;

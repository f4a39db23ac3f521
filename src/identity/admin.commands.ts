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
type RecordAdminLogin = Command<'RecordAdminLogin', For>;
type RecordAdminLogout = Command<'RecordAdminLogout', For>;
/** The password was wrong. `lockedUntil`: for the client that sent it, see `LoginAttempts`. */
type RecordAdminLoginRejected = Command<'RecordAdminLoginRejected', For<{ readonly lockedUntil: string | null }>>;

export type AdminCommand =
  | CreateAdmin
  | ChangeAdminRole
  | RecordAdminPasswordChanged
  | DisableAdmin
  | RecordAdminLogin
  | RecordAdminLogout
  | RecordAdminLoginRejected;

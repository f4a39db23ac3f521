import { z } from 'zod';
import { event, eventTypes, type Command, type EventOf } from '#lib/event-sourcing';

const time = z.iso.datetime();

/** What an admin may do: an owner everything, an admin all but other admins, an auditor only look. */
export const AdminRole = z.enum(['owner', 'admin', 'auditor']).meta({ id: 'AdminRole' });
export type AdminRole = z.output<typeof AdminRole>;

/** A keyed hash of the email address: names the stream in which it is claimed. */
const emailKey = z.string();

/** Passwords, and what is made of them, are in no event: these tell only that there is a new one. */
export const adminEvents = eventTypes('admin', {
  AdminCreated: event(z.object({ adminId: z.uuid(), email: z.string(), emailKey, role: AdminRole, createdAt: time }), {
    personal: { subject: 'adminId', fields: ['email'] },
  }),
  AdminRoleChanged: event(z.object({ adminId: z.uuid(), role: AdminRole, changedAt: time })),
  AdminPasswordChanged: event(z.object({ adminId: z.uuid(), changedAt: time })),
  AdminDisabled: event(z.object({ adminId: z.uuid(), emailKey, disabledAt: time })),
  AdminLoggedIn: event(z.object({ adminId: z.uuid(), loggedInAt: time })),
  AdminLoggedOut: event(z.object({ adminId: z.uuid(), loggedOutAt: time })),
  AdminLoginRejected: event(z.object({ adminId: z.uuid(), rejectedAt: time, lockedUntil: time.nullable() })),
});
export type AdminEvent = EventOf<typeof adminEvents>;

type For<Data = object> = Data & { readonly adminId: string; readonly at: string };

/** The email address is claimed already: see `ClaimEmail`. */
export type CreateAdmin = Command<
  'CreateAdmin',
  For<{ readonly email: string; readonly emailKey: string; readonly role: AdminRole }>
>;
export type ChangeAdminRole = Command<'ChangeAdminRole', For<{ readonly role: AdminRole }>>;
/** The new password is in place. */
export type RecordAdminPasswordChanged = Command<'RecordAdminPasswordChanged', For>;
/** For good: the admin can log in no more, and is no longer listed. */
export type DisableAdmin = Command<'DisableAdmin', For>;
/** The password was right. Refused while the admin is locked out: a right password does not open a locked door. */
export type RecordAdminLogin = Command<'RecordAdminLogin', For>;
export type RecordAdminLogout = Command<'RecordAdminLogout', For>;
/** The password was wrong. After some in a row the admin is locked out for a while. */
export type RecordAdminLoginRejected = Command<'RecordAdminLoginRejected', For>;

export type AdminCommand =
  | CreateAdmin
  | ChangeAdminRole
  | RecordAdminPasswordChanged
  | DisableAdmin
  | RecordAdminLogin
  | RecordAdminLogout
  | RecordAdminLoginRejected;

import { z } from 'zod';
import { event, eventTypes, type EventOf, type Query } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';

const time = z.iso.datetime();

/** Owners may do everything, admins everything but manage admins, auditors only read. */
export const AdminRole = z.enum(['owner', 'admin', 'auditor']).meta({ id: 'AdminRole' });
export type AdminRole = z.output<typeof AdminRole>;

/** A keyed hash of the email address: the id of the stream in which it is claimed. */
const emailKey = z.string();

/** Neither passwords nor their hashes are in any event. */
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

/** An admin as admins see them. */
export type AdminView = {
  readonly id: string;
  readonly email: string;
  readonly role: AdminRole;
  readonly lastLoginAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** @throws {DomainError} `admin_not_found` */
export type GetAdmin = Query<'GetAdmin', { readonly adminId: string }, AdminView>;
/** Newest first. */
export type ListAdmins = Query<'ListAdmins', { readonly limit: number; readonly cursor?: string }, Page<AdminView>>;

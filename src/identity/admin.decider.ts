import { decider, DomainError } from '#lib/event-sourcing';
import { adminEvents, type AdminEvent, type AdminRole } from './admin.contract.js';
import type { AdminCommand } from './admin.commands.js';

export type Admin =
  | { readonly status: 'none' }
  | {
      readonly status: 'active';
      readonly email: string;
      readonly emailKey: string;
      readonly role: AdminRole;
    }
  | { readonly status: 'disabled' };

type Active = Extract<Admin, { readonly status: 'active' }>;

export const adminDecider = decider<AdminCommand, AdminEvent, Admin>({
  events: adminEvents,
  idOf: ({ data }) => data.adminId,
  initialState: { status: 'none' },

  decide: {
    CreateAdmin: ({ at, ...data }, admin) => {
      if (admin.status === 'none') return [{ type: 'AdminCreated', data: { ...data, createdAt: at } }];
      if (admin.status === 'active' && admin.email === data.email) return []; // the same request, delivered again
      throw new DomainError('conflict', 'admin_exists', 'An admin with this id exists already');
    },
    ChangeAdminRole: ({ adminId, role, at }, admin) =>
      active(admin).role === role ? [] : [{ type: 'AdminRoleChanged', data: { adminId, role, changedAt: at } }],
    RecordAdminPasswordChanged: ({ adminId, at }, admin) => {
      active(admin);
      return [{ type: 'AdminPasswordChanged', data: { adminId, changedAt: at } }];
    },
    DisableAdmin: ({ adminId, at }, admin) => {
      if (admin.status === 'disabled') return [];
      return [{ type: 'AdminDisabled', data: { adminId, emailKey: active(admin).emailKey, disabledAt: at } }];
    },
    RecordAdminLogin: ({ adminId, at }, admin) => {
      active(admin);
      return [{ type: 'AdminLoggedIn', data: { adminId, loggedInAt: at } }];
    },
    RecordAdminLogout: ({ adminId, at }, admin) => {
      active(admin);
      return [{ type: 'AdminLoggedOut', data: { adminId, loggedOutAt: at } }];
    },
    RecordAdminLoginRejected: ({ adminId, lockedUntil, at }, admin) => {
      active(admin);
      return [{ type: 'AdminLoginRejected', data: { adminId, rejectedAt: at, lockedUntil } }];
    },
  },

  evolve: {
    AdminCreated: (_none, { email, emailKey, role }) => ({ status: 'active', email, emailKey, role }),
    AdminRoleChanged: (admin, { role }) => (admin.status === 'active' ? { ...admin, role } : admin),
    AdminPasswordChanged: (admin) => admin,
    AdminDisabled: () => ({ status: 'disabled' }),
    AdminLoggedIn: (admin) => admin,
    AdminLoggedOut: (admin) => admin,
    AdminLoginRejected: (admin) => admin,
  },
});

const active = (admin: Admin): Active => {
  if (admin.status === 'active') return admin;
  throw new DomainError('not_found', 'admin_not_found', 'There is no such admin');
};

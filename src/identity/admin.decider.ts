import { decider, DomainError } from '#lib/event-sourcing';
import { adminEvents, type AdminCommand, type AdminEvent, type AdminRole } from './admin.contract.js';
import { lockedUntil } from './lockout.rules.js';

export type Admin =
  | { readonly status: 'none' }
  | {
      readonly status: 'active';
      readonly email: string;
      readonly role: AdminRole;
      /** Since the last login. */
      readonly rejections: number;
      readonly lockedUntil: string | null;
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
      throw new DomainError('conflict', 'admin_exists', 'An admin with this id is there already');
    },
    ChangeAdminRole: ({ adminId, role, at }, admin) =>
      active(admin).role === role ? [] : [{ type: 'AdminRoleChanged', data: { adminId, role, changedAt: at } }],
    RecordAdminPasswordChanged: ({ adminId, at }, admin) => {
      active(admin);
      return [{ type: 'AdminPasswordChanged', data: { adminId, changedAt: at } }];
    },
    DisableAdmin: ({ adminId, at }, admin) => {
      if (admin.status === 'disabled') return [];
      active(admin);
      return [{ type: 'AdminDisabled', data: { adminId, disabledAt: at } }];
    },
    RecordAdminLogin: ({ adminId, at }, admin) => {
      refuseWhileLocked(active(admin), at);
      return [{ type: 'AdminLoggedIn', data: { adminId, loggedInAt: at } }];
    },
    RecordAdminLogout: ({ adminId, at }, admin) => {
      active(admin);
      return [{ type: 'AdminLoggedOut', data: { adminId, loggedOutAt: at } }];
    },
    RecordAdminLoginRejected: ({ adminId, at }, admin) => {
      refuseWhileLocked(active(admin), at);
      const locked = lockedUntil(active(admin).rejections + 1, at);
      return [{ type: 'AdminLoginRejected', data: { adminId, rejectedAt: at, lockedUntil: locked } }];
    },
  },

  evolve: {
    AdminCreated: (_none, { email, role }) => ({ status: 'active', email, role, rejections: 0, lockedUntil: null }),
    AdminRoleChanged: (admin, { role }) => (admin.status === 'active' ? { ...admin, role } : admin),
    AdminPasswordChanged: (admin) => unlocked(admin),
    AdminDisabled: () => ({ status: 'disabled' }),
    AdminLoggedIn: (admin) => unlocked(admin),
    AdminLoggedOut: (admin) => admin,
    AdminLoginRejected: (admin, { lockedUntil }) =>
      admin.status === 'active' ? { ...admin, rejections: admin.rejections + 1, lockedUntil } : admin,
  },
});

const unlocked = (admin: Admin): Admin =>
  admin.status === 'active' ? { ...admin, rejections: 0, lockedUntil: null } : admin;

const active = (admin: Admin): Active => {
  if (admin.status === 'active') return admin;
  throw new DomainError('not_found', 'admin_not_found', 'There is no such admin');
};

const refuseWhileLocked = ({ lockedUntil }: Active, at: string): void => {
  if (lockedUntil !== null && at < lockedUntil) {
    throw new DomainError('limited', 'locked_out', `Too many failed logins: locked out until ${lockedUntil}`);
  }
};

import { projection } from '#lib/event-sourcing';
import { collection, patch, put, remove } from '#lib/read-models';
import { adminEvents, type AdminEvent, type AdminView } from './admin.contract.js';

/** Every admin that was not disabled. */
export const admins = collection<AdminView>({ name: 'admins', version: 1, indexes: [['email'], ['role']] });

export const adminsProjection = projection<AdminEvent, AdminView>({
  into: admins,
  from: [adminEvents],
  on: {
    AdminCreated: ({ data: { adminId, email, role, createdAt } }) =>
      put(adminId, {
        id: adminId,
        email,
        role,
        lastLoginAt: null,
        createdAt,
        updatedAt: createdAt,
      } satisfies AdminView),
    AdminRoleChanged: ({ data: { adminId, role, changedAt } }) => patch(adminId, { role, updatedAt: changedAt }),
    AdminPasswordChanged: ({ data: { adminId, changedAt } }) => patch(adminId, { updatedAt: changedAt }),
    AdminLoggedIn: ({ data: { adminId, loggedInAt } }) => patch(adminId, { lastLoginAt: loggedInAt }),
    AdminDisabled: ({ data: { adminId } }) => remove(adminId),
  },
});

export const adminDocuments = { view: admins, projection: adminsProjection, stream: adminEvents };

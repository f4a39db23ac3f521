import { memoryView } from '#lib/subscriptions';
import type { Scope } from '../../platform/http/access.contract.js';
import { adminEvents, type AdminEvent, type AdminRole } from '../admin.contract.js';
import { apiKeyEvents, type ApiKeyEvent } from '../api-key.contract.js';
import { userEvents, type UserEvent } from '../user.contract.js';

export type KnownUser = { readonly isActive: boolean; readonly requestsPerMinute: number };

export type KnownKey = {
  readonly userId: string;
  /** In hexadecimal. */
  readonly secretHash: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: string | null;
  /** Empty: from anywhere. */
  readonly allowedIps: readonly string[];
};

export type KnownAdmin = {
  readonly adminId: string;
  readonly role: AdminRole;
  /** Logins from before it are over. */
  readonly passwordChangedAt: string | null;
};

type DirectoryTables = {
  readonly users: Map<string, KnownUser>;
  readonly keys: Map<string, KnownKey>;
  readonly admins: Map<string, KnownAdmin>;
  readonly adminsByEmail: Map<string, string>;
};

/** Users, keys and admins, as far as authentication needs them. */
export const directoryView = memoryView<DirectoryTables, UserEvent | AdminEvent | ApiKeyEvent>({
  name: 'directory',
  version: 1,
  from: [userEvents, adminEvents, apiKeyEvents],
  tables: () => ({ users: new Map(), keys: new Map(), admins: new Map(), adminsByEmail: new Map() }),
  on: {
    UserRegistered: ({ users }, { data: { userId, limits } }) => {
      users.set(userId, { isActive: true, requestsPerMinute: limits.requestsPerMinute });
    },
    UserLimitsChanged: ({ users }, { data: { userId, limits } }) => {
      change(users, userId, { requestsPerMinute: limits.requestsPerMinute });
    },
    UserActivated: ({ users }, { data: { userId } }) => change(users, userId, { isActive: true }),
    UserDeactivated: ({ users }, { data: { userId } }) => change(users, userId, { isActive: false }),
    UserDeleted: ({ users }, { data: { userId } }) => void users.delete(userId),
    ApiKeyIssued: ({ keys }, { data: { keyId, userId, secretHash, scopes, expiresAt, allowedIps } }) => {
      keys.set(keyId, { userId, secretHash, scopes, expiresAt, allowedIps });
    },
    ApiKeyRevoked: ({ keys }, { data: { keyId } }) => void keys.delete(keyId),
    AdminCreated: ({ admins, adminsByEmail }, { data: { adminId, emailKey, role } }) => {
      admins.set(adminId, { adminId, role, passwordChangedAt: null });
      adminsByEmail.set(emailKey, adminId);
    },
    AdminRoleChanged: ({ admins }, { data: { adminId, role } }) => change(admins, adminId, { role }),
    AdminPasswordChanged: ({ admins }, { data: { adminId, changedAt } }) => {
      change(admins, adminId, { passwordChangedAt: changedAt });
    },
    AdminDisabled: ({ admins }, { data: { adminId } }) => void admins.delete(adminId),
  },
});

const change = <Known extends object>(table: Map<string, Known>, id: string, changed: Partial<Known>): void => {
  const known = table.get(id);
  if (known) table.set(id, { ...known, ...changed });
};

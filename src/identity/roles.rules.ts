import type { AdminPermission } from '../platform/http/access.contract.js';
import type { AdminRole } from './admin.contract.js';

/** Owners may do everything, admins everything but manage admins, auditors only read. */
export const permissionsOf: { readonly [role in AdminRole]: ReadonlySet<AdminPermission> } = {
  owner: new Set(['admin:self', 'admin:read', 'admin:write', 'admin:own']),
  admin: new Set(['admin:self', 'admin:read', 'admin:write']),
  auditor: new Set(['admin:self', 'admin:read']),
};

import type { Recorded } from '#lib/event-sourcing';
import type { Permission } from '../../platform/http/access.contract.js';
import type { AdminEvent, AdminRole } from '../admin.contract.js';
import type { ApiKeyEvent } from '../api-key.contract.js';
import { parseRange, type IpRange } from '../ip.rules.js';
import type { UserEvent } from '../user.contract.js';

export type KnownUser = { readonly isActive: boolean; readonly requestsPerMinute: number };

export type KnownKey = {
  readonly keyId: string;
  readonly userId: string;
  readonly secretHash: Buffer;
  readonly permissions: ReadonlySet<Permission>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number | null;
  /** Empty: from anywhere. */
  readonly allowedIps: readonly IpRange[];
};

export type KnownAdmin = {
  readonly adminId: string;
  readonly emailKey: string;
  readonly role: AdminRole;
  /** Logins from before it are over. */
  readonly passwordChangedAt: string | null;
};

type IdentityEvent = Recorded<UserEvent> | Recorded<AdminEvent> | Recorded<ApiKeyEvent>;

/** Everybody who may call, as the events tell: what a request's credentials are held against. */
export class Callers {
  readonly users = new Map<string, KnownUser>();
  readonly keys = new Map<string, KnownKey>();
  readonly admins = new Map<string, KnownAdmin>();
  private readonly adminsByEmail = new Map<string, string>();

  adminWithEmail(emailKey: string): KnownAdmin | undefined {
    return this.admins.get(this.adminsByEmail.get(emailKey) ?? '');
  }

  note(event: IdentityEvent): void {
    const { type, data } = event;
    switch (type) {
      case 'UserRegistered':
        return this.set(this.users, data.userId, { isActive: true, requestsPerMinute: data.limits.requestsPerMinute });
      case 'UserLimitsChanged':
        return this.change(this.users, data.userId, { requestsPerMinute: data.limits.requestsPerMinute });
      case 'UserActivated':
        return this.change(this.users, data.userId, { isActive: true });
      case 'UserDeactivated':
        return this.change(this.users, data.userId, { isActive: false });
      case 'UserDeleted':
        return void this.users.delete(data.userId);
      case 'ApiKeyIssued':
        return this.set(this.keys, data.keyId, knownKey(data));
      case 'ApiKeyRevoked':
        return void this.keys.delete(data.keyId);
      case 'AdminCreated': {
        const { adminId, emailKey, role } = data;
        this.adminsByEmail.set(emailKey, adminId);
        return this.set(this.admins, adminId, { adminId, emailKey, role, passwordChangedAt: null });
      }
      case 'AdminRoleChanged':
        return this.change(this.admins, data.adminId, { role: data.role });
      case 'AdminPasswordChanged':
        return this.change(this.admins, data.adminId, { passwordChangedAt: data.changedAt });
      case 'AdminDisabled':
        return void this.admins.delete(data.adminId);
    }
  }

  private set<Known>(all: Map<string, Known>, id: string, known: Known): void {
    all.set(id, known);
  }

  private change<Known extends object>(all: Map<string, Known>, id: string, change: Partial<Known>): void {
    const known = all.get(id);
    if (known) all.set(id, { ...known, ...change });
  }
}

type Issued = Extract<ApiKeyEvent, { readonly type: 'ApiKeyIssued' }>['data'];

const knownKey = ({ keyId, userId, secretHash, scopes, expiresAt, allowedIps }: Issued): KnownKey => ({
  keyId,
  userId,
  secretHash: Buffer.from(secretHash, 'hex'),
  permissions: new Set<Permission>(['key:any', ...scopes]),
  expiresAt: expiresAt === null ? null : Date.parse(expiresAt),
  allowedIps: allowedIps.map(parseRange).filter((range) => range !== undefined),
});

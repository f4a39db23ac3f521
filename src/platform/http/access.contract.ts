import { z } from 'zod';

/** What an API key may be allowed to do: what some route asks for, and nothing that none does yet. */
export const Scope = z
  .enum([
    'sessions:read',
    'sessions:write',
    'messages:read',
    'messages:send',
    'media:read',
    'media:write',
    'chats:read',
    'chats:write',
    'webhooks:read',
    'webhooks:write',
    'events:read',
    'usage:read',
  ])
  .meta({
    id: 'Scope',
    description:
      'What an API key may do: each operation names the scope that it needs. `usage:read` is for usage, limits and the log of requests. Without it, what is left is in the headers `X-RateLimit-…` of every answer, and `X-Quota-…` of those to sending.',
    examples: ['messages:send'],
  });
export type Scope = z.output<typeof Scope>;

/** What an admin's role may allow: their own account, reading everything, changing everything but admins, managing admins. */
const adminPermissions = ['admin:self', 'admin:read', 'admin:write', 'admin:own'] as const;
export type AdminPermission = (typeof adminPermissions)[number];

/** What a caller needs for a route: nothing (`public`), an admin role with that permission, or an API key with that scope. */
export type Permission = 'public' | AdminPermission | Scope;

/** Who may call a route with this permission. */
export const audienceOf = (permission: Permission): 'everyone' | 'admins' | 'users' => {
  if (permission === 'public') return 'everyone';
  return (adminPermissions as readonly string[]).includes(permission) ? 'admins' : 'users';
};

import { DomainError, type Query } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import { queryHandler } from '../platform/context-definition.js';
import { admins, type AdminView } from './admins.projection.js';
import { apiKeys, type ApiKeyView } from './api-keys.projection.js';
import type { GetUser, ListUsers } from './user.contract.js';
import { users } from './users.projection.js';

/** Where a page of a list begins and how long it is. */
type Paging = { readonly limit: number; readonly cursor?: string };

export type GetAdmin = Query<'GetAdmin', { readonly adminId: string }, AdminView>;
export type ListAdmins = Query<'ListAdmins', Paging, Page<AdminView>>;
export type GetApiKey = Query<'GetApiKey', { readonly userId: string; readonly keyId: string }, ApiKeyView>;
export type ListApiKeys = Query<'ListApiKeys', Paging & { readonly userId: string }, Page<ApiKeyView>>;

export const identityQueries = {
  GetUser: queryHandler<GetUser>({
    reads: [users],
    answer: async ({ userId }, models) =>
      (await models.get(users, userId)) ?? notFound('user_not_found', 'There is no such user'),
  }),
  ListUsers: queryHandler<ListUsers>({
    reads: [users],
    answer: ({ status, ...rest }, models) => models.find(users, { where: { ...(status && { status }) }, ...rest }),
  }),
  GetAdmin: queryHandler<GetAdmin>({
    reads: [admins],
    answer: async ({ adminId }, models) =>
      (await models.get(admins, adminId)) ?? notFound('admin_not_found', 'There is no such admin'),
  }),
  ListAdmins: queryHandler<ListAdmins>({
    reads: [admins],
    answer: (page, models) => models.find(admins, page),
  }),
  GetApiKey: queryHandler<GetApiKey>({
    reads: [apiKeys],
    answer: async ({ userId, keyId }, models) => {
      const key = await models.get(apiKeys, keyId);
      return key?.userId === userId ? key : notFound('api_key_not_found', 'There is no such API key');
    },
  }),
  ListApiKeys: queryHandler<ListApiKeys>({
    reads: [apiKeys],
    answer: ({ userId, ...page }, models) => models.find(apiKeys, { where: { userId }, ...page }),
  }),
};

const notFound = (code: string, message: string): never => {
  throw new DomainError('not_found', code, message);
};

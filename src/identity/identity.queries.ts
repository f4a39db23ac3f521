import { DomainError } from '#lib/event-sourcing';
import { queryHandler } from '../platform/context-definition.js';
import type { GetAdmin, ListAdmins } from './admin.contract.js';
import { admins } from './admins.projection.js';
import type { GetApiKey, ListApiKeys } from './api-key.contract.js';
import { apiKeys } from './api-keys.projection.js';
import type { GetUser, ListUsers } from './user.contract.js';
import { users } from './users.projection.js';

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

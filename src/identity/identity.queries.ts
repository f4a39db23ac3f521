import { DomainError } from '#lib/event-sourcing';
import { documentQueryHandler, queryHandler } from '../platform/context-definition.js';
import type { AdminView, GetAdmin, ListAdmins } from './admin.contract.js';
import { adminDocuments, admins } from './admins.projection.js';
import type { ApiKeyView, GetApiKey, ListApiKeys } from './api-key.contract.js';
import { apiKeyDocuments, apiKeys } from './api-keys.projection.js';
import type { GetUser, ListUsers, UserView } from './user.contract.js';
import { userDocuments, users } from './users.projection.js';

export const identityQueries = {
  GetUser: documentQueryHandler<GetUser, UserView>({
    of: userDocuments,
    id: ({ userId }) => userId,
    answer: (user) => user ?? notFound('user_not_found', 'There is no such user'),
  }),
  ListUsers: queryHandler<ListUsers>({
    reads: [users],
    answer: ({ status, ...rest }, models) => models.find(users, { where: { ...(status && { status }) }, ...rest }),
  }),
  GetAdmin: documentQueryHandler<GetAdmin, AdminView>({
    of: adminDocuments,
    id: ({ adminId }) => adminId,
    answer: (admin) => admin ?? notFound('admin_not_found', 'There is no such admin'),
  }),
  ListAdmins: queryHandler<ListAdmins>({
    reads: [admins],
    answer: (page, models) => models.find(admins, page),
  }),
  GetApiKey: documentQueryHandler<GetApiKey, ApiKeyView>({
    of: apiKeyDocuments,
    id: ({ keyId }) => keyId,
    answer: (key, { userId }) =>
      key?.userId === userId ? key : notFound('api_key_not_found', 'There is no such API key'),
  }),
  ListApiKeys: queryHandler<ListApiKeys>({
    reads: [apiKeys],
    answer: ({ userId, ...page }, models) => models.find(apiKeys, { where: { userId }, ...page }),
  }),
};

const notFound = (code: string, message: string): never => {
  throw new DomainError('not_found', code, message);
};

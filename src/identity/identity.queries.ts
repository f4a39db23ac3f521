import { DomainError } from '#lib/event-sourcing';
import type { Page } from '#lib/read-models';
import { queryHandler, type Query } from '../platform/context.js';
import { admins, type AdminView } from './admins.projection.js';
import { users, type UserView } from './users.projection.js';

/** Where a page of a list begins and how long it is. */
type Paging = { readonly limit: number; readonly cursor?: string };

export type GetUser = Query<'GetUser', { readonly userId: string }>;
export type ListUsers = Query<
  'ListUsers',
  Paging & { readonly search?: string; readonly status?: UserView['status']; readonly email?: string }
>;
export type GetAdmin = Query<'GetAdmin', { readonly adminId: string }>;
export type ListAdmins = Query<'ListAdmins', Paging & { readonly email?: string }>;

export const identityQueries = {
  GetUser: queryHandler<GetUser, UserView>({
    reads: [users],
    answer: async ({ userId }, models) =>
      (await models.get(users, userId)) ?? notFound('user_not_found', 'There is no such user'),
  }),
  ListUsers: queryHandler<ListUsers, Page<UserView>>({
    reads: [users],
    answer: ({ status, email, ...rest }, models) =>
      models.find(users, { where: { ...(status && { status }), ...(email && { email }) }, ...rest }),
  }),
  GetAdmin: queryHandler<GetAdmin, AdminView>({
    reads: [admins],
    answer: async ({ adminId }, models) =>
      (await models.get(admins, adminId)) ?? notFound('admin_not_found', 'There is no such admin'),
  }),
  ListAdmins: queryHandler<ListAdmins, Page<AdminView>>({
    reads: [admins],
    answer: ({ email, ...rest }, models) => models.find(admins, { where: { ...(email && { email }) }, ...rest }),
  }),
};

const notFound = (code: string, message: string): never => {
  throw new DomainError('not_found', code, message);
};

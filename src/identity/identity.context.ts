import { context } from '../platform/context.js';
import { adminDecider } from './admin.decider.js';
import { adminsProjection } from './admins.projection.js';
import { identityQueries } from './identity.queries.js';
import { userDecider } from './user.decider.js';
import { usersProjection } from './users.projection.js';

/** Who may use the service: users, who send, and admins, who run it. */
export const identity = context({
  name: 'identity',
  deciders: [userDecider, adminDecider],
  projections: [usersProjection, adminsProjection],
  queries: identityQueries,
});

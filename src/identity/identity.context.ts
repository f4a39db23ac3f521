import { defineContext } from '../platform/context-definition.js';
import { RevokeKeysEffect } from './accounts/revoke-keys.effect.js';
import { adminDecider } from './admin.decider.js';
import { adminsProjection } from './admins.projection.js';
import { apiKeyDecider } from './api-key.decider.js';
import { apiKeysProjection } from './api-keys.projection.js';
import { deletedUsersSaga } from './deleted-users.saga.js';
import { emailDecider } from './email.decider.js';
import { emailSaga } from './email.saga.js';
import { identityQueries } from './identity.queries.js';
import { ownersDecider } from './owners.decider.js';
import { ownersSaga } from './owners.saga.js';
import { userDecider } from './user.decider.js';
import { usersProjection } from './users.projection.js';

/** Users, who send messages, and admins, who run the service. */
export const identity = defineContext({
  name: 'identity',
  deciders: [userDecider, apiKeyDecider, adminDecider, ownersDecider, emailDecider],
  projections: [usersProjection, apiKeysProjection, adminsProjection],
  sagas: [emailSaga, ownersSaga, deletedUsersSaga],
  effects: { RevokeKeysOfUser: RevokeKeysEffect },
  queries: identityQueries,
});

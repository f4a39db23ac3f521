import { defineContext } from '../platform/context-definition.js';
import { groupDecider } from './group.decider.js';
import { groupRequestDecider } from './group-request.decider.js';
import { groupParticipantsProjection, groupsProjection } from './groups.projection.js';
import { groupPublicEvents } from './groups.public-events.js';
import { groupQueries } from './groups.queries.js';

/** The groups that accounts are in. */
export const groupsContext = defineContext({
  name: 'groups',
  deciders: [groupDecider, groupRequestDecider],
  projections: [groupsProjection, groupParticipantsProjection],
  queries: groupQueries,
  publicEvents: [groupPublicEvents],
});

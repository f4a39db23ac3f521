import { defineContext } from '../platform/context-definition.js';
import { connectionsProjection } from './connections.projection.js';
import { usageProjection } from './usage.projection.js';
import { usageQueries } from './usage.queries.js';

/** What is used, by whom: counted from the log. */
export const usageContext = defineContext({
  name: 'usage',
  deciders: [],
  projections: [usageProjection, connectionsProjection],
  queries: usageQueries,
});

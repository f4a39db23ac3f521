import type { Stores } from '../../platform/stores.js';
import type { Views } from '../../platform/views/views.js';
import { messages } from '../messages.projection.js';
import type { CountDraws } from './memory-ledger.js';

const viewCatchUpTimeoutMs = 5000;

/** Counts in the view of messages what was accepted, as of a position of the log. */
export const countAccepted =
  ({ events, models }: Stores, views: Views): CountDraws =>
  async ({ of, userId, sessionId }, { from, to }) => {
    const position = await events.head();
    await views.fresh(messages, viewCatchUpTimeoutMs);
    const accepted = { userId, via: 'api', createdAt: { gte: from, lt: to }, position: { lte: position } } as const;
    if (of === 'minute') return { count: await models.count(messages, { ...accepted, sessionId }), position };
    if (of === 'people') return { count: await models.count(messages, { ...accepted, opensChat: true }), position };
    const all = await models.count(messages, accepted);
    const givenBack = await models.count(messages, { ...accepted, givenBackPosition: { lte: position } });
    return { count: all - givenBack, position };
  };

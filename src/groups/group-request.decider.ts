import { decider, DomainError, type Command } from '#lib/event-sourcing';
import { groupRequestEvents, type GroupRequestEvent } from './group-request.contract.js';

/** `at` is ISO 8601. */
export type RequestGroup = Command<
  'RequestGroup',
  {
    readonly requestId: string;
    readonly userId: string;
    readonly sessionId: string;
    readonly account: string;
    readonly subject: string;
    readonly at: string;
  }
>;
export type RecordGroupMade = Command<
  'RecordGroupMade',
  { readonly requestId: string; readonly groupId: string; readonly at: string }
>;

type RequestState = {
  readonly userId: string;
  readonly sessionId: string;
  readonly requestedAt: string;
  readonly groupId: string | null;
} | null;

export const groupRequestDecider = decider<RequestGroup | RecordGroupMade, GroupRequestEvent, RequestState>({
  events: groupRequestEvents,
  idOf: ({ data }) => data.requestId,
  initialState: null,
  decide: {
    RequestGroup: ({ at, ...data }, state) =>
      state === null ? [{ type: 'GroupRequested', data: { ...data, requestedAt: at } }] : [],
    RecordGroupMade: ({ requestId, groupId, at }, state) => {
      if (state === null) throw new DomainError('not_found', 'group_not_found', 'Nobody asked for this group');
      const { userId, sessionId } = state;
      return state.groupId === null
        ? [{ type: 'GroupMade', data: { requestId, userId, sessionId, groupId, madeAt: at } }]
        : [];
    },
  },
  evolve: {
    GroupRequested: (_before, { userId, sessionId, requestedAt }) => ({
      userId,
      sessionId,
      requestedAt,
      groupId: null,
    }),
    GroupMade: (state, { groupId }) => state && { ...state, groupId },
  },
});

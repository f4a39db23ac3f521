import { DomainError } from '#lib/event-sourcing';
import type { ViewReader } from '#lib/read-models';
import { queryHandler } from '../platform/context-definition.js';
import { scan } from '../platform/views/scan.js';
import type { GetGroup, GroupParticipant, ListGroups } from './group.contract.js';
import { groupParticipants, groups } from './groups.projection.js';

export const groupQueries = {
  GetGroup: queryHandler<GetGroup>({
    reads: [groups, groupParticipants],
    answer: async ({ userId, groupId }, models) => {
      const group = await models.get(groups, groupId);
      if (group?.userId !== userId) throw new DomainError('not_found', 'group_not_found', 'There is no such group');
      return { ...group, participants: await participantsOf(models, groupId) };
    },
  }),
  ListGroups: queryHandler<ListGroups>({
    reads: [groups],
    answer: ({ userId, sessionId, q, limit, cursor }, models) =>
      models.find(groups, {
        where: { userId, joined: true, ...(sessionId !== undefined && { sessionId }) },
        ...(q !== undefined && { search: q }),
        sort: { field: 'joinedAt', order: 'desc' },
        limit,
        ...(cursor !== undefined && { cursor }),
      }),
  }),
};

const weight = { owner: 0, admin: 1, member: 2 } as const;

/** Owners and admins first. */
const participantsOf = async (models: ViewReader, groupId: string): Promise<readonly GroupParticipant[]> => {
  const found: GroupParticipant[] = [];
  const find = { where: { groupId }, sort: { field: 'id', order: 'asc' } } as const;
  for await (const { phoneNumber, lid, role } of scan(models, groupParticipants, find)) {
    found.push({ phoneNumber, lid, role });
  }
  return found.toSorted((one, other) => weight[one.role] - weight[other.role]);
};

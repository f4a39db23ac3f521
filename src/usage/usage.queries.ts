import type { Find } from '#lib/read-models';
import { queryHandler } from '../platform/context-definition.js';
import { periodOf } from './periods.rules.js';
import type { GetUsage, UsageDocument } from './usage.contract.js';
import { usage } from './usage.projection.js';
import { usageTable } from './usage.rules.js';

const pageSize = 1000;

export const usageQueries = {
  GetUsage: queryHandler<GetUsage>({
    reads: [usage],
    answer: async ({ userId, sessionId, groupBy, timeZone, ...asked }, models) => {
      const period = periodOf({ ...asked, timeZone, byHour: groupBy === 'hour' });
      const table = usageTable(groupBy, period, timeZone);
      const find: Omit<Find<UsageDocument>, 'cursor'> = {
        where: {
          ...(userId !== undefined && { userId }),
          ...(sessionId !== undefined && { sessionId }),
          quarter: { gte: period.from, lt: period.to },
        },
        sort: { field: 'quarter', order: 'asc' },
        limit: pageSize,
      };
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await models.find(usage, { ...find, ...(cursor !== undefined && { cursor }) });
        for (const document of page.data) table.add(document);
        cursor = page.next;
      }
      return { ...period, rows: table.rows(), total: table.total() };
    },
  }),
};

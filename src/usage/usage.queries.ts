import type { Find } from '#lib/read-models';
import { queryHandler } from '../platform/context-definition.js';
import { scan } from '../platform/views/scan.js';
import { periodOf } from './periods.rules.js';
import type { GetUsage, UsageDocument } from './usage.contract.js';
import { usage } from './usage.projection.js';
import { usageTable } from './usage.rules.js';

export const usageQueries = {
  GetUsage: queryHandler<GetUsage>({
    reads: [usage],
    answer: async ({ userId, sessionId, groupBy, timeZone, ...asked }, models) => {
      const period = periodOf({ ...asked, timeZone, byHour: groupBy === 'hour' });
      const table = usageTable(groupBy, period, timeZone);
      const find: Omit<Find<UsageDocument>, 'limit' | 'cursor'> = {
        where: {
          ...(userId !== undefined && { userId }),
          ...(sessionId !== undefined && { sessionId }),
          quarter: { gte: period.from, lt: period.to },
        },
        sort: { field: 'quarter', order: 'asc' },
      };
      for await (const document of scan(models, usage, find)) table.add(document);
      return { ...period, rows: table.rows(), total: table.total() };
    },
  }),
};

import type { Find } from '#lib/read-models';
import { queryHandler } from '../platform/context-definition.js';
import { scan } from '../platform/views/scan.js';
import { connections } from './connections.projection.js';
import { periodOf } from './periods.rules.js';
import type { ConnectionDocument, GetUsage, UsageDocument } from './usage.contract.js';
import { usage } from './usage.projection.js';
import { usageTable } from './usage.rules.js';

export const usageQueries = {
  GetUsage: queryHandler<GetUsage>({
    reads: [usage, connections],
    answer: async ({ userId, sessionId, groupBy, timeZone, ...asked }, models) => {
      const period = periodOf({ ...asked, timeZone, byHour: groupBy === 'hour' });
      const table = usageTable(groupBy, period, timeZone);
      const of = { ...(userId !== undefined && { userId }), ...(sessionId !== undefined && { sessionId }) };
      const used: Omit<Find<UsageDocument>, 'limit' | 'cursor'> = {
        where: { ...of, quarter: { gte: period.from, lt: period.to } },
        sort: { field: 'quarter', order: 'asc' },
      };
      for await (const document of scan(models, usage, used)) table.add(document);
      const connected: Omit<Find<ConnectionDocument>, 'limit' | 'cursor'> = {
        where: { ...of, until: { gt: period.from }, since: { lt: period.to } },
        sort: { field: 'until', order: 'asc' },
      };
      for await (const document of scan(models, connections, connected)) table.addConnection(document, asked.at);
      return { ...period, rows: table.rows(), total: table.total() };
    },
  }),
};

import { RequestLog } from '../../../src/platform/request-log/request-log.js';
import { RateLimits } from '../../../src/platform/http/rate-limits.js';
import { Quotas } from '../../../src/messaging/quota/quotas.js';

/*
 * The service without limits of requests, without quotas and without the log of requests, to see what those cost.
 */

const unlimited = { limit: 0, remaining: 0, resetAfter: 0 };
Object.assign(RateLimits.prototype, {
  spend: async () => {},
  spendUnknown: async () => {},
} satisfies Partial<RateLimits>);
Object.assign(Quotas.prototype, {
  reserve: async () => ({ settle: () => unlimited }),
} satisfies Partial<Quotas>);
Object.assign(RequestLog.prototype, { record: () => {} } satisfies Partial<RequestLog>);

await import('../../../src/main.js');

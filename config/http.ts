import { z } from 'zod';
import { addresses } from './addresses.js';

const seconds = z.coerce.number().int().min(1).max(86_400);
const connections = z.coerce.number().int().min(1).max(1_000_000);

/** What the HTTP server takes, and from whom. */
export const httpVariables = {
  WAYBILL_TRUSTED_PROXIES: addresses
    .default([])
    .describe('Comma-separated addresses or ranges (CIDR) of proxies whose X-Forwarded-For is trusted.'),
  WAYBILL_HTTP_REQUEST_TIMEOUT: seconds
    .default(60)
    .describe('Seconds within which a request must have arrived in full.'),
  WAYBILL_HTTP_HEADERS_TIMEOUT: seconds.default(10).describe('Seconds within which its headers must have arrived.'),
  WAYBILL_HTTP_IDLE_TIMEOUT: seconds
    .default(72)
    .describe('Seconds after which an idle connection is closed: longer than in the proxy before the service.'),
  WAYBILL_HTTP_MAX_CONNECTIONS: connections.default(4096).describe('Maximum number of open connections.'),
  WAYBILL_HTTP_MAX_CONNECTIONS_PER_ADDRESS: connections
    .default(512)
    .describe('The same per client address; trusted proxies are not limited.'),
  WAYBILL_HTTP_UNKNOWN_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(3000)
    .describe('Requests per minute and address without credentials, or with wrong ones: the rest is refused.'),
  WAYBILL_METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'Must be at least 16 characters, without spaces')
    .optional()
    .describe(
      'With which /metrics is read from anywhere (Authorization: Bearer …); without it, from this machine alone.',
    ),
};

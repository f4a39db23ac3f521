import { z } from 'zod';
import type { RequestFilter } from '#lib/request-log';
import { Moment } from '../platform/http/moment.js';
import { Paging, pageOf } from '../platform/http/paging.js';

const text = z.string().min(1).max(200);

const status = z
  .string()
  .regex(/^[1-5](?:\d\d|xx)$/, 'Must be a status (404) or a class of them (4xx)')
  .transform((given) => (given.endsWith('x') ? given : Number(given)) as NonNullable<RequestFilter['status']>);

/** What users can look for in their own requests. */
export const ApiLogFilter = Paging.extend({
  method: z
    .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    .exactOptional()
    .describe('The method of the request.'),
  route: text.exactOptional().describe('The pattern of the route, as listed: `/v1/messages/:id`.'),
  status: status.exactOptional().describe('The status of the answer (`404`), or a class of them (`4xx`).'),
  code: text.exactOptional().describe('The code of the problem that was answered.'),
  keyId: z.uuid().exactOptional().describe('Only with this API key.'),
  address: text.exactOptional().describe('The network address of the caller.'),
  requestId: text.exactOptional().describe('`X-Request-Id` of the answer.'),
  minMs: z.coerce.number().int().min(0).exactOptional().describe('Only those that took as many milliseconds.'),
  minBytesIn: z.coerce.number().int().min(0).exactOptional().describe('Only those whose body had as many bytes.'),
  minBytesOut: z.coerce.number().int().min(0).exactOptional().describe('Only those whose answer had as many bytes.'),
  from: Moment.exactOptional().describe('Answered at or after this time.'),
  to: Moment.exactOptional().describe('Answered before this time.'),
});

export const AdminApiLogFilter = ApiLogFilter.extend({
  userId: z.uuid().exactOptional().describe('Only of this user.'),
  adminId: z.uuid().exactOptional().describe('Only of this admin.'),
});

const own = {
  id: z.uuid(),
  at: z.iso.datetime().describe('When the answer ended.'),
  method: z.string(),
  route: z.string().nullable().describe('The pattern of the route; null where there is none.'),
  status: z.int().nullable().describe('Null where the caller was gone before the answer.'),
  ms: z.int().describe('Until the answer ended.'),
  keyId: z.uuid().nullable().describe('The API key; null where none was valid.'),
  address: z.string().describe('The network address of the caller.'),
  requestId: z.string(),
  bytesIn: z.int().describe('Of the body, as announced.'),
  bytesOut: z.int().describe('Of the answer’s body; of a stream all that went over the wire.'),
  code: z.string().nullable().describe('Of the problem that was answered.'),
};

const example = {
  id: '0199a3c4-1f00-7000-8000-00000000000a',
  at: '2026-11-29T10:00:00.000Z',
  method: 'GET',
  route: '/v1/messages/:id',
  status: 404,
  ms: 4,
  keyId: '0199a3c4-1f00-7000-8000-000000000005',
  address: '203.0.113.7',
  requestId: '0199a3c4-1f00-7000-8000-00000000000b',
  bytesIn: 0,
  bytesOut: 214,
  code: 'message_not_found',
};

const OwnRequest = z.object(own).meta({ id: 'OwnRequest', examples: [example] });
export const OwnRequests = pageOf(OwnRequest, 'OwnRequests', example);

const adminExample = { ...example, userId: '0199a3c4-1f00-7000-8000-000000000001', adminId: null };
const AnsweredRequest = z
  .object({ ...own, userId: z.uuid().nullable(), adminId: z.uuid().nullable() })
  .meta({ id: 'AnsweredRequest', examples: [adminExample] });
export const AnsweredRequests = pageOf(AnsweredRequest, 'AnsweredRequests', adminExample);

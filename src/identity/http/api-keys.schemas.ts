import { z } from 'zod';
import { Scope } from '../../platform/http/access.contract.js';
import { pageOf } from '../../platform/http/paging.js';
import { parseRange } from '../../platform/http/ip.rules.js';
import { Name, Time } from './fields.js';

const example = {
  id: '0199a3c4-1f00-7000-8000-0000000000c1',
  userId: '0199a3c4-1f00-7000-8000-000000000001',
  name: 'Shop server',
  scopes: ['messages:send' as const, 'messages:read' as const],
  expiresAt: null,
  allowedIps: ['203.0.113.0/24'],
  lastUsedAt: null,
  createdAt: '2026-11-23T10:00:00.000Z',
};

const IpRange = z
  .string()
  .max(50)
  .refine((text) => parseRange(text) !== undefined, 'Must be an IP address or a range in CIDR notation')
  .describe('An IP address or a range in CIDR notation.');

const shape = {
  id: z.uuid(),
  userId: z.uuid(),
  name: z.string(),
  scopes: z.array(Scope).readonly(),
  expiresAt: Time.nullable(),
  allowedIps: z.array(z.string()).readonly(),
  lastUsedAt: Time.nullable().describe('Right to a minute; null where it was never used.'),
  createdAt: Time,
};

export const ApiKey = z.object(shape).meta({ id: 'ApiKey', examples: [example] });

export const ApiKeys = pageOf(ApiKey, 'ApiKeys', example);

/** Why a repeated request does not get the secret. */
export const secretNotice =
  'The secret was shown in the first answer and is not stored. If that was lost, revoke this key and issue another.';

export const IssuedApiKey = z
  .object({
    ...shape,
    secret: z
      .string()
      .nullable()
      .describe(
        'Sent as `X-Api-Key`. Shown only once: null where an earlier request with the same Idempotency-Key got it.',
      ),
    secretNotice: z.string().exactOptional().describe('Why the secret is null.'),
  })
  .meta({
    id: 'IssuedApiKey',
    examples: [
      { ...example, secret: 'wb_0199a3c4-1f00-7000-8000-0000000000c1_bm90IGEgcmVhbCBzZWNyZXQsIGp1c3QgYW4gZXhhbXA' },
    ],
  });

export const NewApiKey = z
  .strictObject({
    name: Name,
    scopes: z.array(Scope).min(1).max(Scope.options.length).exactOptional().describe('Default: all of them.'),
    expiresAt: Time.nullable().exactOptional().describe('Default: never.'),
    allowedIps: z.array(IpRange).max(100).exactOptional().describe('Default: from anywhere.'),
  })
  .meta({
    id: 'NewApiKey',
    examples: [{ name: 'Shop server', scopes: ['messages:send', 'messages:read'], allowedIps: ['203.0.113.0/24'] }],
  });

export const KeyOfUser = z.strictObject({ id: z.uuid(), keyId: z.uuid() });

export const KeyRevocation = z.strictObject({
  cancelUnsent: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .describe('`true` also cancels the messages that were accepted with the key and are scheduled or wait to be sent.'),
});

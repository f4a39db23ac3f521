import { z } from 'zod';
import { pageOf } from '../../platform/http/paging.js';

const time = z.iso.datetime();
const maxHeaders = 20;

/** What a request has of its own, or a proxy may act on. */
const reservedHeaders =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|user-agent|keep-alive|webhook-.*)$/i;

const url = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .describe('Where the events are posted to.');
const events = z
  .array(
    z
      .string()
      .regex(/^(\*|[a-z]+\.(\*|[a-z_]+))$/, 'Must be a type of event, such as message.received, message.* or *'),
  )
  .min(1)
  .max(50)
  .describe('Types of events: `message.received`, all of a kind (`message.*`), or all (`*`).');
const sessionIds = z
  .array(z.uuid())
  .min(1)
  .max(100)
  .nullable()
  .describe('Only events of these sessions; null: of all.');
const headers = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/)
      .refine((name) => !reservedHeaders.test(name), 'This header is set by the service'),
    z.string().regex(/^[\x20-\x7e]{0,2000}$/),
  )
  .refine((given) => Object.keys(given).length <= maxHeaders, `Must be ${maxHeaders} at the most`)
  .describe('Sent with each request. The values are never shown again.');
const ordered = z
  .boolean()
  .describe(
    'Whether the events of a chat come one after the other, in their order: see the documentation of webhooks.',
  );
const description = z.string().max(500).nullable();

export const NewWebhook = z
  .strictObject({
    url,
    events,
    sessionIds: sessionIds.exactOptional(),
    headers: headers.exactOptional(),
    ordered: ordered.exactOptional(),
    description: description.exactOptional(),
  })
  .meta({ id: 'NewWebhook', examples: [{ url: 'https://shop.example/whatsapp', events: ['message.*'] }] });

export const WebhookChange = z
  .strictObject({
    url: url.exactOptional(),
    events: events.exactOptional(),
    sessionIds: sessionIds.exactOptional(),
    headers: headers.exactOptional().describe('Replace all that there were.'),
    ordered: ordered.exactOptional(),
    description: description.exactOptional(),
  })
  .meta({ id: 'WebhookChange', examples: [{ events: ['message.received', 'session.*'] }] });

const shown = z.object({
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.string()),
  sessionIds: z.array(z.uuid()).nullable(),
  headerNames: z.array(z.string()).describe('Of `headers`, whose values are not shown.'),
  ordered: z.boolean(),
  description: z.string().nullable(),
  status: z.enum(['active', 'paused', 'disabled']),
  reason: z.string().nullable().describe('Why it is disabled: a sentence.'),
  disabledAt: time.nullable(),
  createdAt: time,
  updatedAt: time,
});

const example: z.input<typeof shown> = {
  id: '0199a3c4-1f00-7000-8000-000000000061',
  url: 'https://shop.example/whatsapp',
  events: ['message.*'],
  sessionIds: null,
  headerNames: ['authorization'],
  ordered: false,
  description: 'Orders',
  status: 'active',
  reason: null,
  disabledAt: null,
  createdAt: '2026-11-29T10:00:00.000Z',
  updatedAt: '2026-11-29T10:00:00.000Z',
};

export const Webhook = shown.meta({ id: 'Webhook', examples: [example] });
export const Webhooks = pageOf(Webhook, 'Webhooks', example);

export const WebhookWithSecret = shown
  .extend({
    secret: z
      .string()
      .nullable()
      .describe('What signatures are checked with. Shown once: null where a request is repeated.'),
  })
  .meta({
    id: 'WebhookWithSecret',
    examples: [{ ...example, secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' }],
  });

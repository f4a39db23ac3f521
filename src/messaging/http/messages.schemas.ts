import { z } from 'zod';
import { parseNamedRecipient } from '#lib/whatsapp';
import { pageOf, Paging, SearchWords } from '../../platform/http/paging.js';
import { Referral } from '../incoming.contract.js';
import { Selection } from '../content/text.content.js';
import { kinds, messageTypes, typesWith, type TypeWith } from '../content/kinds.js';

const time = z.iso.datetime();
const statuses = [
  ...(['scheduled', 'queued', 'sent', 'delivered', 'read', 'played', 'failed', 'canceled'] as const),
  'received',
] as const;

const example = {
  id: '0199a3c4-1f00-7000-8000-0000000000d1',
  sessionId: '0199a3c4-1f00-7000-8000-0000000000b1',
  direction: 'outgoing' as const,
  status: 'delivered' as const,
  type: 'text' as const,
  chat: '491701234567@s.whatsapp.net',
  chatId: '5d0b6f9c-31f4-8b0e-9d2a-4f6a8c1e2b10',
  from: '+491709876543',
  to: '+491701234567',
  sender: { phoneNumber: '+491709876543', lid: null, name: null },
  pushName: null,
  text: kinds.text.shown.example,
  replyTo: null,
  reference: 'order-4711',
  createdAt: '2026-11-23T10:00:00.000Z',
  scheduledAt: null,
  sentAt: '2026-11-23T10:00:00.180Z',
  deliveredAt: '2026-11-23T10:00:01.000Z',
  readAt: null,
  playedAt: null,
  failedAt: null,
  canceledAt: null,
  editedAt: null,
  revokedAt: null,
};

/** A field for each kind of content. */
const content = Object.fromEntries(
  typesWith('shown').map((type) => {
    const { schema, example } = kinds[type].shown;
    return [type, schema.meta({ examples: [example] }).optional()];
  }),
) as unknown as { readonly [Type in TypeWith<'shown'>]: z.ZodOptional<(typeof kinds)[Type]['shown']['schema']> };

const shape = {
  id: z.uuid(),
  sessionId: z.uuid(),
  direction: z.enum(['outgoing', 'incoming']),
  status: z
    .enum(statuses)
    .describe(
      'It never goes back, except that a receipt overrules `failed` and `canceled`. `sent`: WhatsApp’s server has it.',
    ),
  type: z.enum(messageTypes).describe('Names the object beside it.'),
  chat: z.string().describe('The person, the group or the status, as WhatsApp addresses them.'),
  chatId: z.uuid(),
  from: z.string().describe('Who wrote it: a phone number (E.164) where one is known, else an address.'),
  to: z.string().describe('To whom, in the same form: a person, a group, `status`, or the account of the session.'),
  recipients: z
    .array(z.string())
    .optional()
    .describe('Who gets a status post, in the same form; in lists, a LID stays one, although its number is known.'),
  leftOut: z
    .array(z.string())
    .optional()
    .describe('Those of the recipients of a status post who are not on WhatsApp: they do not get it.'),
  sender: z
    .object({ phoneNumber: z.string().nullable(), lid: z.string().nullable(), name: z.string().nullable() })
    .meta({ id: 'Sender' })
    .describe(
      'Who wrote it, as far as WhatsApp has told; `name` is the one in the address book of the account, else that of a verified business, else what they call themselves.',
    ),
  pushName: z.string().nullable().describe('What the sender calls themselves.'),
  ...content,
  selection: Selection.optional(),
  referral: Referral.optional(),
  expired: z
    .boolean()
    .optional()
    .describe(
      'Whether its content is gone, since it is older than its user keeps content: no object is beside `type` then.',
    ),
  forwarded: z.boolean().optional().describe('Whether it is marked as forwarded.'),
  history: z.boolean().optional().describe('Whether it is an older message, for which the phone was asked.'),
  replyTo: z.uuid().nullable(),
  reference: z.string().nullable(),
  error: z
    .object({ code: z.string(), reason: z.string(), retryable: z.boolean() })
    .optional()
    .describe('Why it failed; `whatsapp_463` and the like are WhatsApp’s own codes.'),
  createdAt: time,
  scheduledAt: time.nullable(),
  sentAt: time.nullable(),
  deliveredAt: time.nullable(),
  readAt: time.nullable(),
  playedAt: time.nullable(),
  failedAt: time.nullable(),
  canceledAt: time.nullable(),
  editedAt: time.nullable(),
  revokedAt: time.nullable(),
};

const queued = { ...example, status: 'queued' as const, sentAt: null, deliveredAt: null };

export const Message = z.object(shape).meta({ id: 'Message', examples: [queued] });
export type Message = z.output<typeof Message>;

export const MessagePage = pageOf(Message, 'Messages', example);

const timeline = z
  .array(
    z
      .object({
        at: time.describe('When it became known here.'),
        whatsappAt: time
          .optional()
          .describe('When it happened by WhatsApp’s clock, which counts in seconds, where that is another second.'),
        event: z.string(),
        detail: z.string().describe('In words.'),
        until: time.optional().describe('Until when it waits, where that is known.'),
      })
      .meta({ id: 'TimelineStep' }),
  )
  .describe('What happened to it, in order: the last step says why it is where it is.');

const receipts = z
  .array(
    z
      .object({
        phoneNumber: z.string().nullable(),
        lid: z.string().nullable(),
        status: z.enum(['delivered', 'read', 'played']),
        deliveredAt: time.nullable(),
        readAt: time.nullable(),
        playedAt: time.nullable(),
      })
      .meta({ id: 'RecipientReceipt' }),
  )
  .optional()
  .describe(
    'Of a message to a group, or a status post, that was sent from here: with whom it has arrived, and who has read or played it, by WhatsApp’s clock. Others may have it, too: of a message, at most 4,096 receipts are kept.',
  );

const steps = [
  { at: '2026-11-23T10:00:00.000Z', event: 'queued', detail: 'Accepted and queued.' },
  { at: '2026-11-23T10:00:00.180Z', event: 'sent', detail: 'WhatsApp’s server has it.' },
  { at: '2026-11-23T10:00:01.000Z', event: 'delivered', detail: 'It has arrived on a device of the recipient.' },
];

export const MessageWithTimeline = z
  .object({ ...shape, timeline, receipts })
  .meta({ id: 'MessageWithTimeline', examples: [{ ...example, timeline: steps }] });

const userId = '0199a3c4-1f00-7000-8000-000000000001';

/** As admins see them: with whose they are. */
export const AdminMessage = z
  .object({ userId: z.uuid(), ...shape })
  .meta({ id: 'AdminMessage', examples: [{ userId, ...example }] });

export const AdminMessagePage = pageOf(AdminMessage, 'AdminMessages', { userId, ...example });

export const AdminMessageWithTimeline = z
  .object({ userId: z.uuid(), ...shape, timeline, receipts })
  .meta({ id: 'AdminMessageWithTimeline', examples: [{ userId, ...example, timeline: steps }] });

const moment = z.iso.datetime({ offset: true });

export const MessageFilter = Paging.extend({
  sessionId: z.uuid().optional(),
  chat: z
    .string()
    .max(100)
    .refine((text) => parseNamedRecipient(text) !== undefined, 'Must be a phone number or an address on WhatsApp')
    .optional()
    .describe('A phone number, or the `chat` of a message.'),
  direction: z.enum(['outgoing', 'incoming']).optional(),
  status: z.enum(statuses).optional(),
  type: z.enum(messageTypes).optional(),
  reference: z.string().min(1).max(200).optional().describe('Yours, as it was given when the message was sent.'),
  q: SearchWords('the text or caption'),
  from: moment.optional().describe('Accepted or received at this time or later.'),
  to: moment.optional().describe('Accepted or received before this time.'),
});

export const AdminMessageFilter = MessageFilter.extend({ userId: z.uuid().optional() });

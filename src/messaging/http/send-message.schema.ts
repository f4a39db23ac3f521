import { z } from 'zod';
import { isPlainLine } from '../content/characters.rules.js';
import { kinds, typesWith, type RequestedContent, type TypeWith } from '../content/kinds.js';
import type { MessageRequest } from '../message.contract.js';

/** Of one status post. */
const maxRecipients = 1000;

const to = z
  .string()
  .min(1)
  .max(100)
  .describe(
    'A phone number with its country code, `…@s.whatsapp.net`, `…@lid`, a group `…@g.us`, a channel of yours `…@newsletter` (texts and files), or `status` (with `recipients`). Whatever a message ' +
      'or a check of numbers shows is accepted.',
  );

const recipients = z
  .array(to)
  .min(1)
  .max(maxRecipients)
  .exactOptional()
  .describe(
    'With `to: status`: the people who get the post, by phone number or address. It counts as one message; those who are not on WhatsApp are left ' +
      'out. WhatsApp shows it to those who have the account in their address book, for a day.',
  );

const options = {
  recipients,
  sessionId: z.uuid().exactOptional().describe('May be left out where you have one session.'),
  replyTo: z.uuid().exactOptional().describe('The message that this one answers, in the same chat.'),
  reference: z
    .string()
    .min(1)
    .max(200)
    .refine(isPlainLine, 'Must not have control characters')
    .exactOptional()
    .describe('Yours: kept with the message, never sent.'),
  scheduledAt: z.iso
    .datetime({ offset: true })
    .exactOptional()
    .describe('Not before this time. It counts for the day on which it is accepted.'),
};

/** To whom a message is forwarded; by default from the session that has it. */
export const MessageForward = z
  .strictObject({
    to,
    recipients,
    sessionId: options.sessionId.describe('Default: the session that has the message.'),
    reference: options.reference,
  })
  .meta({ id: 'MessageForward', examples: [{ to: '+49 170 7654321' }] });

type Sendable = TypeWith<'sent'>;
const sendable = typesWith('sent');

const Addressed = z.object({ to, ...options });

/** A request to send something. `type` names the field that holds its content. */
export type NewMessage = {
  [Type in Sendable]: z.output<typeof Addressed> & { readonly type: Type } & {
    readonly [Field in Type]: z.output<(typeof kinds)[Type]['sent']['request']>;
  };
}[Sendable];

const optionsOf = (type: Sendable): Partial<typeof options> => {
  const { replyTo, ...others } = options;
  return 'answers' in kinds[type] ? others : { ...others, replyTo };
};

const example = (type: Sendable) => ({ to: '+49 170 1234567', type, [type]: kinds[type].sent.example });

const newMessageOf = (type: Sendable) =>
  z
    .strictObject({
      to,
      type: z.literal(type).describe('Names the object beside it.'),
      [type]: kinds[type].sent.request,
      ...optionsOf(type),
    })
    .meta({ title: type, examples: [example(type)] });

type Option = ReturnType<typeof newMessageOf>;

export const NewMessage = z
  .discriminatedUnion('type', sendable.map(newMessageOf) as unknown as readonly [Option, ...Option[]], {
    error: ({ code }) => (code === 'invalid_union' ? `Must be one of: ${sendable.join(', ')}` : undefined),
  })
  .meta({
    id: 'NewMessage',
    examples: [
      ...sendable.map((type) => ({ ...example(type), reference: 'order-4711' })),
      { ...example('text'), scheduledAt: '2027-01-01T09:00:00Z' },
      { ...example('text'), text: { body: 'Hello @491701234567', mentions: ['+49 170 1234567'] } },
      { ...example('text'), to: 'status', recipients: ['+49 170 1234567'], text: { body: 'New today!', font: 'bold' } },
      { ...example('text'), text: { body: 'Our menu: https://example.com', previewUrl: true } },
    ],
  }) as unknown as z.ZodType<NewMessage>;

const contents: {
  readonly [Type in Sendable]: { readonly sent: { readonly contentOf: (requested: never) => RequestedContent } };
} = kinds;

/** The compiler does not see that the field whose name is the type is there, and no other one of them. */
type Fields = z.output<typeof Addressed> & { readonly type: Sendable } & { readonly [Type in Sendable]?: unknown };

/** The same as messaging takes it from any caller. */
export const requestOf = (message: NewMessage): MessageRequest => {
  const { type, ...fields }: Fields = message;
  const { [type]: requested, ...addressed } = fields;
  return { content: contents[type].sent.contentOf(requested as never), ...addressed };
};

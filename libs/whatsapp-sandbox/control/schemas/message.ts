import { z } from 'zod';

export const messagePath = z.strictObject({
  number: z.string().meta({ description: 'Of the phone, with or without `+`.', example: '491701234567' }),
  id: z.string().meta({ description: 'Of a message that this phone knows.', example: 'AC3F9A6C1D' }),
});

const isMoment = (since: string): boolean => /^\d+$/.test(since) || !Number.isNaN(Date.parse(since));

export const since = z.strictObject({
  since: z
    .string()
    .refine(isMoment, 'neither a sequence number nor an ISO time')
    .exactOptional()
    .meta({
      description: 'A sequence number: messages after it. An ISO time: messages from then on.',
      examples: ['42', '2026-11-23T09:00:00Z'],
    }),
});

export const MEDIA = ['image', 'video', 'audio', 'document', 'sticker'] as const;

const mediaInfo = z
  .strictObject({
    kind: z.enum(MEDIA),
    mimeType: z.string(),
    fileLength: z.number(),
    sha256: z.string().meta({ description: 'Of the file as its sender had it, hex.' }),
    fileName: z.string().exactOptional(),
    voice: z.boolean().exactOptional(),
    url: z.string().meta({ description: 'Of the encrypted file. The plain one is at `…/messages/:id/media`.' }),
  })
  .meta({ id: 'MediaInfo' });

const content = {
  type: z
    .enum([...MEDIA, 'text', 'location', 'contact', 'poll', 'reaction', 'edit', 'revoke', 'unknown'])
    .meta({ description: '`unknown` is everything that the phone does not know.' }),
  text: z.string().exactOptional().meta({ description: 'The body, the caption, or the text after an edit.' }),
  media: mediaInfo.exactOptional(),
  location: z
    .strictObject({
      latitude: z.number(),
      longitude: z.number(),
      name: z.string().exactOptional(),
      address: z.string().exactOptional(),
    })
    .exactOptional(),
  contact: z.strictObject({ name: z.string(), phone: z.string().exactOptional(), vcard: z.string() }).exactOptional(),
  poll: z
    .strictObject({ question: z.string(), options: z.array(z.string()).readonly(), multiple: z.boolean() })
    .exactOptional(),
  reaction: z
    .strictObject({ messageId: z.string(), emoji: z.string().meta({ description: 'Empty: taken back.' }) })
    .exactOptional(),
  target: z.string().exactOptional().meta({ description: 'The message that an edit or a revocation is about.' }),
  replyTo: z.string().exactOptional(),
  mentions: z.array(z.string()).readonly().exactOptional(),
};

const status = z.enum(['sent', 'delivered', 'read', 'played']);

/** A message as a phone shows it. */
export const message = z
  .strictObject({
    id: z.string(),
    sequence: z.int().meta({ description: 'Counts up with each arrival in this phone; a cursor for `since`.' }),
    direction: z.enum(['incoming', 'outgoing']).meta({ description: 'Seen from this phone.' }),
    from: z.string().meta({ description: 'Number of the author.' }),
    fromDevice: z.int().meta({ description: 'Which device of the author; 0 is the phone.' }),
    to: z.string().meta({ description: 'Number, or jid of the group.' }),
    chat: z.string().meta({ description: 'Number of the other side, or jid of the group.' }),
    addressing: z.enum(['pn', 'lid']).meta({ description: 'By phone number or by LID.' }),
    ...content,
    status: status
      .exactOptional()
      .meta({ description: 'Of what the phone itself sent, as it learned from receipts; in a group with everybody.' }),
    statusByMember: z
      .record(z.string(), status)
      .readonly()
      .exactOptional()
      .meta({ description: 'In a group: how far it has come with each of the others.' }),
    sentAt: z.string(),
    receivedAt: z.string(),
    duplicate: z.literal(true).exactOptional().meta({ description: 'The same author has sent this id before.' }),
  })
  .meta({
    id: 'Message',
    examples: [
      {
        id: '3EB0C767D0A1B2',
        sequence: 7,
        direction: 'incoming',
        from: '15550001111',
        fromDevice: 1,
        to: '491701234567',
        chat: '15550001111',
        addressing: 'pn',
        type: 'text',
        text: 'Your parcel is here.',
        sentAt: '2026-11-23T09:00:00.000Z',
        receivedAt: '2026-11-23T09:00:00.120Z',
      },
    ],
  });

/** A message as the API shows it. What comes from a person belongs to the chat with that person. */

import { z } from 'zod';
import { deliveries } from '../../phone/delivery.js';

export const messagePath = z.strictObject({
  number: z.string().meta({ description: 'Phone number, with or without `+`.', example: '491701234567' }),
  id: z.string().meta({ description: 'Id of a message of this phone.', example: 'AC3F9A6C1D' }),
});

export const resend = z
  .strictObject({
    sentAt: z.iso.datetime().exactOptional().meta({ description: 'Time of the message. Default: later than before.' }),
  })
  .meta({ id: 'Resend', examples: [{}, { sentAt: '2026-11-23T09:00:00Z' }] });

const isSequenceOrTime = (since: string): boolean => /^\d+$/.test(since) || !Number.isNaN(Date.parse(since));

export const since = z.strictObject({
  since: z
    .string()
    .refine(isSequenceOrTime, 'neither a sequence number nor an ISO time')
    .exactOptional()
    .meta({
      description: 'Messages after this sequence number, or since this ISO time.',
      examples: ['42', '2026-11-23T09:00:00Z'],
    }),
});

const mediaKinds = ['image', 'video', 'audio', 'document', 'sticker'] as const;

const mediaInfo = z
  .strictObject({
    kind: z.enum(mediaKinds),
    mimeType: z.string(),
    fileLength: z.number(),
    sha256: z.string().meta({ description: 'SHA-256 of the plain file, hex.' }),
    fileName: z.string().exactOptional(),
    voice: z.boolean().exactOptional(),
    viewOnce: z.boolean().exactOptional(),
    gif: z.boolean().exactOptional(),
    note: z.boolean().exactOptional().meta({ description: 'A round video.' }),
    animated: z.boolean().exactOptional().meta({ description: 'Of stickers.' }),
    width: z.number().exactOptional(),
    height: z.number().exactOptional(),
    seconds: z.number().exactOptional(),
    thumbnailBytes: z.number().exactOptional(),
    waveform: z
      .array(z.number())
      .readonly()
      .exactOptional()
      .meta({ description: 'Of voice messages: how loud they are from start to end, from 0 to 100.' }),
    url: z
      .string()
      .meta({ description: 'URL of the encrypted file. The decrypted file is at `…/messages/:id/media`.' }),
  })
  .meta({ id: 'MediaInfo' });

const contact = z.strictObject({ name: z.string(), phone: z.string().exactOptional(), vcard: z.string() });

const said = {
  type: z
    .enum([...mediaKinds, 'text', 'location', 'contact', 'poll', 'reaction', 'edit', 'revoke', 'vote', 'unknown'])
    .meta({ description: '`unknown` for kinds that the phone cannot show.' }),
  text: z.string().exactOptional().meta({ description: 'Body, caption, or text after an edit.' }),
  preview: z
    .strictObject({
      url: z.string(),
      title: z.string(),
      description: z.string().exactOptional(),
      thumbnailBytes: z.number().exactOptional(),
    })
    .exactOptional()
    .meta({ description: 'What the sender shows of a page to which the text links.' }),
  style: z
    .strictObject({ backgroundColor: z.string().exactOptional(), font: z.int().exactOptional() })
    .exactOptional()
    .meta({ description: 'How a text is shown that is a status post.' }),
  media: mediaInfo.exactOptional(),
  location: z
    .strictObject({
      latitude: z.number(),
      longitude: z.number(),
      name: z.string().exactOptional(),
      address: z.string().exactOptional(),
    })
    .exactOptional(),
  contact: contact.exactOptional(),
  otherContacts: z
    .array(contact)
    .readonly()
    .exactOptional()
    .meta({ description: 'Where several were sent together: all but the first.' }),
  poll: z
    .strictObject({
      question: z.string(),
      options: z.array(z.string()).readonly(),
      multiple: z.boolean(),
      votes: z
        .array(
          z.strictObject({
            option: z.string(),
            count: z.int(),
            voters: z.array(z.string()).readonly().meta({ description: 'Phone numbers.' }),
          }),
        )
        .readonly()
        .exactOptional()
        .meta({ description: 'Set once somebody has voted.' }),
    })
    .exactOptional(),
};

/** What a message says. */
export const messageContent = {
  ...said,
  vote: z
    .strictObject({ options: z.array(z.string()).readonly() })
    .exactOptional()
    .meta({ description: 'What a vote is for, if the phone has its poll.' }),
  reaction: z
    .strictObject({
      messageId: z.string(),
      emoji: z.string().meta({ description: 'Empty if the reaction was removed.' }),
    })
    .exactOptional(),
  target: z.string().exactOptional().meta({ description: 'Id of the edited or revoked message, or of the poll.' }),
  replyTo: z.string().exactOptional(),
  quoted: z
    .strictObject(said)
    .exactOptional()
    .meta({ description: 'What its sender shows above it of the message that it answers.' }),
  forwarded: z.literal(true).exactOptional().meta({ description: 'Set if it was forwarded.' }),
  mentions: z.array(z.string()).readonly().exactOptional(),
};

const status = z.enum(['sent', 'delivered', 'read', 'played']);

/** A message as the phone shows it. */
export const message = z
  .strictObject({
    id: z.string(),
    sequence: z.int().meta({ description: 'Increases with each message of this phone; usable as `since`.' }),
    direction: z.enum(['incoming', 'outgoing']).meta({ description: 'From the point of view of this phone.' }),
    from: z.string().meta({ description: 'Phone number of the author.' }),
    fromDevice: z.int().meta({ description: 'Device of the author; 0 is the phone.' }),
    to: z.string().meta({ description: 'Phone number, or jid of the group or the status.' }),
    chat: z.string().meta({ description: 'Phone number of the other party, or jid of the group or the status.' }),
    addressing: z.enum(['pn', 'lid']).meta({ description: 'Whether it was addressed by phone number or LID.' }),
    ...messageContent,
    status: status.exactOptional().meta({
      description: 'Of outgoing messages, from receipts; in a group, the status that all members have reached.',
    }),
    statusByMember: z
      .record(z.string(), status)
      .readonly()
      .exactOptional()
      .meta({ description: 'In a group: status per member.' }),
    sentAt: z.string(),
    receivedAt: z.string(),
    delivery: z.enum(deliveries).exactOptional().meta({
      description: 'Of outgoing messages that reach other devices in an abnormal way until they are resent.',
    }),
    broadcastList: z.boolean().exactOptional().meta({ description: 'Whether it was sent to a broadcast list.' }),
    recipients: z
      .array(z.string())
      .readonly()
      .exactOptional()
      .meta({ description: 'Of a status post of this phone: numbers of those who get it.' }),
    duplicate: z.literal(true).exactOptional().meta({ description: 'Set if the author has already sent this id.' }),
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

import { z } from 'zod';
import { deliveries } from '../../phone/delivery.js';
import type { SendableMessage } from '../../phone/sending.js';
import { rawMessage, toProtobuf } from './raw-message.js';

const id = z.string().min(1).max(128);
export const text = z.string().min(1).max(65_536);
const label = z.string().min(1).max(1_000);

const to = z.string().min(1).max(100).meta({
  description:
    'Phone number (spaces and dashes allowed), `…@s.whatsapp.net`, `…@lid`, a group `…@g.us`, or `status` (with `recipients`).',
});

const addressing = z
  .enum(['pn', 'lid'])
  .exactOptional()
  .meta({ description: 'Address people by phone number (default) or LID.' });

const replyTo = id.exactOptional().meta({ description: 'Id of a message of this phone.' });

const mentions = z.array(id).readonly().exactOptional().meta({ description: 'Phone numbers.' });

const forwarded = z.boolean().exactOptional().meta({ description: 'Texts and files only: mark it as forwarded.' });

export const file = z
  .strictObject({
    data: z.base64().meta({ description: 'Content of the file.' }),
    mimeType: z.string().min(1).max(200).exactOptional().meta({ description: 'Default: a common type of that kind.' }),
    caption: text.exactOptional(),
    mentions,
    fileName: z.string().min(1).max(255).exactOptional(),
    voice: z.boolean().exactOptional().meta({ description: 'Audio only: send as a voice message.' }),
    viewOnce: z.boolean().exactOptional().meta({ description: 'Images, videos and audio: to be opened once.' }),
    gif: z.boolean().exactOptional().meta({ description: 'Video only: it repeats without sound.' }),
    note: z.boolean().exactOptional().meta({ description: 'Video only: a round one.' }),
  })
  .meta({ id: 'OutgoingFile' });

/** Fields of all messages. */
const common = {
  to,
  addressing,
  id: id.exactOptional().meta({ description: 'WhatsApp id: printable ASCII without `@`. Default: a random one.' }),
  sentAt: z.iso.datetime().exactOptional().meta({ description: 'Time of the message. Default: now.' }),
  delivery: z
    .enum(deliveries)
    .exactOptional()
    .meta({
      description:
        'How it reaches other devices until it is resent. `withheld`: not at all. `undecryptable`: as a ciphertext that fails, and ' +
        'requests to send it again are not answered. `view-once`: linked clients get only a notice of a view-once message. ' +
        '`unavailable`: linked clients get only a notice, and may ask their own phone for the message.',
    }),
  broadcastList: z
    .boolean()
    .exactOptional()
    .meta({ description: 'Send it to a broadcast list of which the recipient is a member.' }),
  recipients: z
    .array(label)
    .min(1)
    .max(1_000)
    .readonly()
    .exactOptional()
    .meta({ description: 'Phone numbers of those who get a status post.' }),
};
const envelope = { ...common, replyTo };

/** A message to send. `type` names the property that holds the content. */
export const outgoing = z
  .discriminatedUnion('type', [
    z.strictObject({
      ...envelope,
      type: z.literal('text'),
      forwarded,
      text: z.union([
        text,
        z.strictObject({
          body: text,
          mentions,
        }),
      ]),
    }),
    z.strictObject({ ...envelope, forwarded, type: z.literal('image'), image: file }),
    z.strictObject({ ...envelope, forwarded, type: z.literal('video'), video: file }),
    z.strictObject({ ...envelope, forwarded, type: z.literal('audio'), audio: file }),
    z.strictObject({ ...envelope, forwarded, type: z.literal('document'), document: file }),
    z.strictObject({ ...envelope, forwarded, type: z.literal('sticker'), sticker: file }),
    z.strictObject({
      ...envelope,
      type: z.literal('location'),
      location: z.strictObject({
        latitude: z.number().min(-90).max(90),
        longitude: z.number().min(-180).max(180),
        name: label.exactOptional(),
        address: label.exactOptional(),
      }),
    }),
    z.strictObject({
      ...envelope,
      type: z.literal('contact'),
      contact: z.strictObject({ name: label, phone: label }),
    }),
    z.strictObject({
      ...envelope,
      type: z.literal('poll'),
      poll: z.strictObject({
        question: label,
        options: z.array(label).min(2).max(12).readonly(),
        multiple: z.boolean().exactOptional(),
      }),
    }),
    z.strictObject({
      ...common,
      type: z.literal('reaction'),
      reaction: z.strictObject({
        messageId: id,
        emoji: z.string().max(40).meta({ description: 'Empty to remove the reaction.' }),
      }),
    }),
    z.strictObject({
      ...common,
      type: z.literal('edit'),
      edit: z.strictObject({
        messageId: id,
        text,
        mentions,
        wholeFile: z.boolean().exactOptional().meta({
          description:
            'Where the message has a file: repeat all fields of it. Default: its caption alone, as phones do.',
        }),
        sealed: z
          .boolean()
          .exactOptional()
          .meta({ description: 'Encrypt it with the secret of the edited message, as current phones do.' }),
      }),
    }),
    z.strictObject({
      ...common,
      type: z.literal('revoke'),
      revoke: z.strictObject({ messageId: id }).meta({
        description:
          'In a group, an admin also revokes messages of others. Other members can forge that, as real ones can.',
      }),
    }),
    z.strictObject({ ...common, type: z.literal('raw'), raw: rawMessage }),
  ])
  .meta({
    id: 'SendableMessage',
    examples: [
      { to: '+1 555 000 1111', type: 'text', text: { body: 'Thank you!' } },
      { to: '15550001111', type: 'text', text: { body: 'Hi @491701234567', mentions: ['491701234567'] } },
      { to: '15550001111', type: 'text', text: 'Thank you!', replyTo: '3EB0C767D0A1B2' },
      { to: '15550001111', type: 'image', image: { data: 'iVBORw0KGgo=', mimeType: 'image/png', caption: 'Here' } },
      {
        to: '15550001111',
        type: 'raw',
        raw: { listMessage: { title: 'Menu', description: 'Choose', buttonText: 'Open' } },
      },
      { to: '15550001111', type: 'reaction', reaction: { messageId: '3EB0C767D0A1B2', emoji: '👍' } },
    ],
  });

/** A vote on a poll. */
export const outgoingVote = z
  .strictObject({
    messageId: id.meta({ description: 'Id of a poll that the phone has sent or received.' }),
    options: z.array(label).max(12).readonly().meta({ description: 'None: an earlier vote is withdrawn.' }),
    addressing: addressing.meta({ description: 'Address people by phone number or LID. Default: as the poll.' }),
    id: common.id,
    sentAt: common.sentAt,
    delivery: common.delivery,
  })
  .meta({ id: 'Vote', examples: [{ messageId: '3EB0C767D0A1B2', options: ['Evening'] }] });

type Body = z.output<typeof outgoing>;

const envelopeOf = ({ to, addressing, id, sentAt, delivery, broadcastList, recipients, ...body }: Body) => ({
  to,
  ...(addressing && { addressing }),
  ...(id !== undefined && { id }),
  ...(sentAt !== undefined && { sentAt }),
  ...(delivery && { delivery }),
  ...(broadcastList && { broadcastList }),
  ...(recipients && { recipients }),
  ...('replyTo' in body && { replyTo: body.replyTo }),
  ...('forwarded' in body && { forwarded: body.forwarded }),
});

export const fileOf = ({ data, caption, ...rest }: z.output<typeof file>) => ({
  ...rest,
  bytes: Buffer.from(data, 'base64'),
  ...(caption !== undefined && { text: caption }),
});

const nodeText = (given: string | { readonly body: string; readonly mentions?: readonly string[] }) => {
  if (typeof given === 'string') return { text: given };
  const { body, ...rest } = given;
  return { text: body, ...rest };
};

/** Converts a request body to a message. */
export function toSendableMessage(body: Body): SendableMessage {
  const envelope = envelopeOf(body);
  switch (body.type) {
    case 'text':
      return { ...envelope, type: 'text', ...nodeText(body.text) };
    case 'image':
      return { ...envelope, type: 'image', ...fileOf(body.image) };
    case 'video':
      return { ...envelope, type: 'video', ...fileOf(body.video) };
    case 'audio':
      return { ...envelope, type: 'audio', ...fileOf(body.audio) };
    case 'document':
      return { ...envelope, type: 'document', ...fileOf(body.document) };
    case 'sticker':
      return { ...envelope, type: 'sticker', ...fileOf(body.sticker) };
    case 'location':
      return { ...envelope, type: 'location', ...body.location };
    case 'contact':
      return { ...envelope, type: 'contact', ...body.contact };
    case 'poll':
      return { ...envelope, type: 'poll', ...body.poll };
    case 'reaction':
      return { ...envelope, type: 'reaction', ...body.reaction };
    case 'edit':
      return { ...envelope, type: 'edit', ...body.edit };
    case 'revoke':
      return { ...envelope, type: 'revoke', ...body.revoke };
    case 'raw':
      return { ...envelope, type: 'raw', message: toProtobuf(body.raw) };
  }
}
